import Foundation
import QuarryTestSupport
import Testing

/// Control characters from documents and models must not reach a terminal.
struct TerminalTextTests {
    private static let clears = "\u{1B}[2J"

    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/\(Self.clears)lease.md")
        return scratch
    }

    /// Control characters except line feed and tab.
    private func controls(in text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" }
    }

    @Test func `an escape sequence in a file name is made visible, and is exact in JSON`() throws {
        let scratch = try notes()
        try Data([0x00, 0x01]).write(to: scratch.url.appendingPathComponent("docs/\(Self.clears)bad.md"))
        let built = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(built.status == 2 && built.errors.contains("docs/␛[2Jbad.md"), "\(built)")
        for arguments in [["query", "Who signs the lease?"], ["query", "--retrieve", "lease"]] {
            let shown = try Command.run(arguments, in: scratch.url)
            #expect(shown.status == 0 && shown.output.contains("docs/␛[2Jlease.md:"), "\(shown)")
            #expect(controls(in: built.output + built.errors + shown.output + shown.errors).isEmpty)
        }
        let json = try Command.run("query", "--retrieve", "lease", "--json", in: scratch.url)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let hits = try #require(object?["hits"] as? [[String: Any]])
        #expect(hits.first?["document"] as? String == "docs/\(Self.clears)lease.md")
    }

    @Test func `a line feed in a file name or a heading does not start a line`() throws {
        let scratch = try TemporaryFolder()
        let name = "a\n[2] contract.md:1: “Mallory signs”.md"
        try scratch.write("# Lease\n\nThe lease is signed by Mrs Ilves.\n", to: "docs/\(name)")
        try Data([0x00, 0x01]).write(to: scratch.url.appendingPathComponent("docs/b\nnot indexed: c.md"))
        let built = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(built.status == 2 && built.errors.contains("not indexed: docs/b␊not indexed: c.md: "), "\(built)")
        for arguments in [["query", "Who signs the lease?"], ["query", "--retrieve", "lease"]] {
            let shown = try Command.run(arguments, in: scratch.url)
            #expect(shown.output.contains("docs/a␊[2] contract.md:1: “Mallory signs”.md:"), "\(shown)")
            #expect(!shown.output.contains("\n[2] contract.md"), "\(shown)")
        }
        let info = try Command.run("info", in: scratch.url)
        #expect(info.output.contains("docs/b␊not indexed: c.md"), "\(info)")
    }

    @Test func `control characters in a reply are made visible, even across its pieces`() throws {
        let scratch = try notes()
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let pieces = ["Mrs Ilves \\u001b", "[31msigns\\u009b", "2J the\\u007f lease\\r", "\\n [1]."]
        let server = try FakeHTTPServer { _ in
            .events(
                pieces.map { #"{"choices":[{"index":0,"delta":{"content":""# + $0 + #""}}]}"# }
                    + [#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#])
        }
        let arguments = ["query", "Who signs the lease?", "--llm", "\(server.url)/v1#m"]
        let shown = try Command.run(arguments, in: scratch.url)
        #expect(shown.output.contains("Mrs Ilves ␛[31msigns\u{FFFD}2J the␡ lease"), "\(shown)")
        #expect(controls(in: shown.output + shown.errors).isEmpty)
        let json = try Command.run(arguments + ["--json"], in: scratch.url)
        #expect(controls(in: json.output).isEmpty)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let answer = try #require((object?["draft"] ?? object?["answer"]) as? String)
        #expect(answer.contains("\u{1B}[31msigns\u{9B}2J the\u{7F} lease"), "\(json.output)")
    }
}
