import Foundation
import QuarryCore

extension ContentHash {
    /// The digest as stored in a file.
    var data: Data { Data(bytes) }
}
