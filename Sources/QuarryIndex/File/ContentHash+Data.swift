package import Foundation
package import QuarryCore

extension ContentHash {
    /// The stored form of the digest.
    package var data: Data { Data(bytes) }
}
