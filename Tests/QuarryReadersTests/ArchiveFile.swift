import Foundation
import Testing

/// Archives for tests: ready ones by name, and a tar.
enum ArchiveFile {
    static let lease = "# Lease\n\nThe lease of the boathouse ends in May 2031.\n"

    /// An archive of `Fixtures/archives.json`.
    static func named(_ name: String) throws -> [UInt8] {
        let file = try #require(
            Bundle.module.url(forResource: "archives", withExtension: "json", subdirectory: "Fixtures"))
        let archives = try JSONDecoder().decode([String: Data].self, from: Data(contentsOf: file))
        return Array(try #require(archives[name]))
    }

    /// A tar without compression.
    static func tar(_ files: [(name: String, text: String)]) -> [UInt8] {
        files.flatMap { name, text in
            func field(_ text: String, _ length: Int) -> [UInt8] {
                Array((Array(text.utf8) + [UInt8](repeating: 0, count: length)).prefix(length))
            }
            func octal(_ number: Int, _ length: Int) -> String {
                let digits = String(number, radix: 8)
                return String(repeating: "0", count: length - digits.count) + digits
            }
            let content = Array(text.utf8)
            var header = field(name, 100) + field("0000644", 8) + field("0000000", 8) + field("0000000", 8)
            header += field(octal(content.count, 11), 12) + field("00000000000", 12)
            let rest = field("0", 1) + field("", 100) + field("ustar", 6) + field("00", 2) + field("", 247)
            let sum = (header + rest).reduce(8 * 32) { $0 + Int($1) }
            header += field(octal(sum, 6) + "\0 ", 8) + rest
            return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        } + [UInt8](repeating: 0, count: 1024)
    }
}
