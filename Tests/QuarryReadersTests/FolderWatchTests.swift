import Foundation
import QuarryReaders
import QuarryTestSupport
import Testing

struct FolderWatchTests {
    /// Whether a change is seen within some seconds of an action.
    private func sees(_ folder: TemporaryFolder, ignoring: Set<String> = [], after action: () throws -> Void)
        async throws -> Bool
    {
        let watch = FolderWatch([folder.url.path], ignoring: ignoring)
        try action()
        let change = Task { try await watch.change() }
        let limit = Task {
            try await Task.sleep(for: .seconds(ignoring.isEmpty ? 30 : 1))
            change.cancel()
        }
        defer { limit.cancel() }
        return await (try? change.value) != nil
    }

    @Test func `a new, a changed and a removed file are seen, in folders too`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n", to: "inner/deep/a.txt")
        #expect(try await sees(folder) { try folder.write("two\n", to: "b.txt") })
        #expect(try await sees(folder) { try folder.write("three\n", to: "inner/deep/a.txt") })
        #expect(
            try await sees(folder) {
                try FileManager.default.removeItem(at: folder.url.appending(path: "inner/deep/a.txt"))
            })
    }

    #if os(Linux)
        @Test func `changes of ignored files are not seen`() async throws {
            let folder = try TemporaryFolder()
            #expect(try await !sees(folder, ignoring: ["a.quarry"]) { try folder.write("one\n", to: "a.quarry") })
        }
    #endif
}
