import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct LoadingTests {
    @Test func `a file that vanished after the walk is rejected as vanished`() throws {
        let folder = try TemporaryFolder()
        try folder.write("text", to: "r/a.txt")
        let file = try #require(try FileWalker(roots: [folder.path + "/r"]).files().files.first)
        try FileManager.default.removeItem(atPath: file.path)
        let error = #expect(throws: Rejection.self) { try file.load() }
        #expect(error?.reason == .vanished)
        #expect(error?.source == "r/a.txt")
    }

    @Test func `a file that became shorter after the walk is loaded with its new size`() throws {
        let folder = try TemporaryFolder()
        try folder.write("0123456789", to: "r/a.txt")
        let file = try #require(try FileWalker(roots: [folder.path + "/r"]).files().files.first)
        try folder.write("012", to: "r/a.txt")
        #expect(try file.load().bytes == Array("012".utf8))
        try folder.write("", to: "r/a.txt")
        #expect(PlainTextReader().read(try file.load()).rejected.map(\.reason) == [.empty])
    }

    /// A file of sysfs claims a page but has only a few bytes, like a file that shrinks during the read.
    static let shrinking = "/sys/devices/system/cpu/online"

    /// Not every container shows that size.
    private static var isShrinking: Bool {
        guard let bytes = FileManager.default.contents(atPath: shrinking),
            let size = try? FileManager.default.attributesOfItem(atPath: shrinking)[.size] as? Int
        else { return false }
        return size > bytes.count
    }

    @Test(.enabled(if: isShrinking, "there is no sysfs that shows files larger than they are"))
    func `a file with fewer bytes than its size is rejected`() throws {
        let file = try #require(try FileWalker(roots: [Self.shrinking]).files().files.first)
        let error = #expect(throws: Rejection.self) { try file.load() }
        #expect(error?.reason == .vanished)
        #expect(error?.message.contains("became shorter") == true)
    }

    /// Standard input belongs to the whole process: this is the only test that may touch it.
    @Test func `standard input is read to its end, up to the limit`() throws {
        let saved = dup(STDIN_FILENO)
        defer {
            if saved >= 0 {
                dup2(saved, STDIN_FILENO)
                close(saved)
            }
        }
        func source(_ text: String, maximumBytes: Int) throws -> Source {
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try pipe.fileHandleForWriting.close()
            #expect(dup2(pipe.fileHandleForReading.fileDescriptor, STDIN_FILENO) == STDIN_FILENO)
            return try Source.standardInput(maximumBytes: maximumBytes)
        }
        let read = try source("из трубы", maximumBytes: 100)
        #expect(read == Source(id: "-", bytes: Array("из трубы".utf8)))
        #expect(try source("", maximumBytes: 100).bytes.isEmpty)
        let error = #expect(throws: Rejection.self) { try source("0123456789", maximumBytes: 9) }
        #expect(error?.reason == .tooLarge)
        #expect(error?.source == "-")
    }
}
