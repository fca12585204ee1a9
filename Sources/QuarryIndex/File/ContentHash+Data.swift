package import Foundation
package import QuarryCore

extension ContentHash {
    /// The digest as stored in a file.
    package var data: Data { Data(bytes) }
}
