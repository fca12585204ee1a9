import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import Testing

@Suite struct ReplyReaderTests {
    @Test(arguments: DialectExample.all)
    func `a stream is read with its end and its usage`(example: DialectExample) throws {
        let (texts, ending) = try example.read([Array(example.stream.utf8)])
        #expect(texts == DialectExample.text)
        #expect(ending == ReplyEnding(example.reason, usage: example.usage, billed: example.billed))
    }

    @Test(arguments: DialectExample.all)
    func `a reply in one piece gives the same result`(example: DialectExample) throws {
        let (texts, ending) = try example.read([Array(example.whole.utf8)], framing: .whole)
        #expect(texts.joined() == DialectExample.text.joined())
        #expect(ending == ReplyEnding(example.reason, usage: example.usage, billed: example.billed))
    }

    @Test(arguments: DialectExample.all)
    func `bytes may be split anywhere`(example: DialectExample) throws {
        let bytes = Array(example.stream.utf8)
        for place in 0...bytes.count {
            let (texts, ending) = try example.read([Array(bytes[..<place]), Array(bytes[place...])])
            #expect(texts == DialectExample.text)
            #expect(ending.reason == example.reason && ending.usage == example.usage)
        }
        let (texts, _) = try example.read(bytes.map { [$0] })
        #expect(texts == DialectExample.text)
        let returns = Array(
            example.stream.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
        #expect(try example.read(returns.map { [$0] }).texts == DialectExample.text)
    }

    /// A reply of Triton has no end marker: only the transfer encoding shows its end.
    @Test(arguments: DialectExample.all.filter { $0.dialect != .kserve })
    func `a truncated stream is an error or complete`(example: DialectExample) throws {
        let bytes = Array(example.stream.utf8)
        var interrupted = 0
        for place in 0..<bytes.count {
            do {
                let (texts, ending) = try example.read([Array(bytes[..<place])])
                #expect(texts == DialectExample.text && ending.reason == example.reason, "cut at \(place)")
            } catch let error as ProviderError {
                #expect([.interruptedReply, .malformedReply].contains(error.code), "cut at \(place): \(error)")
                if error.code == .interruptedReply { interrupted += 1 }
            }
        }
        #expect(interrupted > bytes.count / 4)
    }

    @Test(arguments: DialectExample.all)
    func `a truncated reply in one piece is an error`(example: DialectExample) throws {
        let bytes = Array(example.whole.utf8)
        for place in 0..<bytes.count {
            #expect(throws: ProviderError.self, "cut at \(place)") {
                try example.read([Array(bytes[..<place])], framing: .whole)
            }
        }
    }

    @Test(arguments: DialectExample.all)
    func `unknown events are skipped`(example: DialectExample) throws {
        let separator = example.format.framing == .lines ? "\n" : "\n\n"
        let events = example.stream.split(separator: separator).map { $0 + separator }
        let mixed = events.map { example.unknownEvent + $0 }.joined()
        let (texts, ending) = try example.read([Array(mixed.utf8)])
        #expect(texts == DialectExample.text)
        #expect(ending.usage == example.usage)
    }

    @Test(arguments: DialectExample.all)
    func `an error inside the stream is an error`(example: DialectExample) throws {
        let separator = example.format.framing == .lines ? "\n" : "\n\n"
        let events = example.stream.split(separator: separator).map { $0 + separator }
        for error in example.errors {
            for place in 0..<(events.count - 2) {
                let broken = events[..<place].joined() + error
                let thrown = #expect(throws: ProviderError.self) { try example.read([Array(broken.utf8)]) }
                #expect(thrown?.code == .serverFailure)
                #expect(
                    thrown?.message == "http://test.example/reply broke off the reply: the GPU is gone",
                    "\(thrown?.message ?? "")")
            }
        }
    }

    @Test(arguments: DialectExample.all)
    func `a reply that is not from a model is recognised`(example: DialectExample) {
        for text in ["", "<html>Welcome</html>", "data: not json\n\n", "not json\n", "{}", "data: {}\n\n"] {
            for framing in [example.format.framing, .whole] {
                let error = #expect(throws: ProviderError.self, "\(text)") {
                    try example.read([Array(text.utf8)], framing: framing)
                }
                #expect(error?.code == .malformedReply, "\(text)")
            }
        }
    }

    @Test(arguments: DialectExample.all)
    func `bytes that are not UTF-8 do not crash it`(example: DialectExample) throws {
        var bytes = Array(example.stream.utf8)
        let place = try #require(bytes.firstIndex(of: 0xD0))
        bytes[place] = 0xFF
        let (texts, ending) = try example.read([bytes])
        #expect(texts.count == DialectExample.text.count && texts.dropFirst() == DialectExample.text.dropFirst())
        #expect(ending.reason == example.reason)
    }

    @Test func `data after the end is ignored`() throws {
        for example in DialectExample.all where ![.gemini, .kserve].contains(example.dialect) {
            let (texts, ending) = try example.read([Array((example.stream + example.stream).utf8)])
            #expect(texts == DialectExample.text)
            #expect(ending.usage == example.usage)
        }
    }
}
