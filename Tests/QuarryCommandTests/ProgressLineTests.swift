import Foundation
import QuarryTestSupport
import Testing

/// The progress line on a narrow terminal.
struct ProgressLineTests {
    /// The columns of a line: wide characters take two.
    private func columns(_ line: Substring) -> Int {
        line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
    }

    @Test(arguments: [40, 60, 80])
    func `the progress line stays on one line, with the name of the file shortened in the middle`(
        width: Int
    ) async throws {
        let scratch = try TemporaryFolder()
        for number in 0..<12 {
            let text = String(repeating: "The \(number)th barrel holds salted fish. ", count: 40_000)
            try scratch.write(text, to: "cellar/a-rather-long-name-of-a-folder-鮭の塩漬け樽の一覧/barrel-\(number).txt")
        }
        let script = PythonScript(path: supportPath("terminal.py"))
        let result = try await script.run(
            [
                "\(width)", Command.executable.path, "index", scratch.path("cellar"), "--model", "none", "--index",
                scratch.path("i.quarry"),
            ], input: [])
        #expect(result.succeeded, "\(result)")
        let lines = result.output.replacing("\u{1B}[K", with: "").split(whereSeparator: \.isNewline)
        #expect(lines.contains { $0.hasPrefix("words") }, "\(result)")
        #expect(lines.allSatisfy { columns($0) < width }, "\(lines)")
        if width > 60 { #expect(lines.contains { $0.contains("…") && $0.hasSuffix(".txt") }, "\(lines)") }
    }
}
