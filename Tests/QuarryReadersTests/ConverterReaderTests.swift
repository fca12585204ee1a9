import QuarryCore
import QuarryReaders
import Testing

struct ConverterReaderTests {
    private func read(_ command: [String], _ text: String = "one two") async throws -> ReadResult {
        try await ConverterReader(pathExtension: "xyz", command: command).read(
            Source(id: "a.xyz", bytes: Array(text.utf8)))
    }

    @Test(arguments: [["cat"], ["cat", "{input}"], ["cat", "--", "{input}"]])
    func `what the program prints is the text`(command: [String]) async throws {
        let document = try #require(try await read(command, "# Title\n\nWords.").documents.first)
        #expect(document.text == "# Title\n\nWords." && document.title == "Title" && document.sourceMap.base == .text)
    }

    @Test func `arguments are not read by a shell`() async throws {
        let document = try #require(try await read(["echo", "$(id); {input}"]).documents.first)
        #expect(document.text.hasPrefix("$(id); /"))
    }

    @Test func `a program that fails or is missing rejects the file`() async throws {
        let failed = try await read(["sh", "-c", "echo broken page >&2; exit 3"])
        #expect(failed.rejected.map(\.message) == ["sh ended with status 3: broken page"])
        let missing = try await read(["no-such-program-here"])
        #expect(missing.rejected.map(\.reason) == [.unsupportedFormat])
        #expect(ConverterReader(pathExtension: "xyz", command: ["no-such-program-here"]).obstacle != nil)
    }

    @Test func `another command is another version`() {
        let versions = [["cat"], ["cat", "-s"], ["no-such-program-here"]].map {
            ConverterReader(pathExtension: "xyz", command: $0).version
        }
        #expect(Set(versions).count == 3)
    }
}
