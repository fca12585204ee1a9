import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryText
import Testing

struct AnalyzerPropertyTests {
    private let analyzer = Analyzer()

    @Test func `any bytes can be analyzed, with the same result twice`() {
        var random = SeededGenerator(seed: 7)
        let fresh = Analyzer()
        for _ in 0..<400 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let terms = analyzer.terms(of: text, language: nil)
            #expect(terms == fresh.terms(of: text, language: nil))
            #expect(terms.allSatisfy { !$0.isEmpty && !$0.unicodeScalars.contains { $0.properties.isWhitespace } })
        }
    }

    @Test func `any scalars can be analyzed, and sentences cover everything except white space`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let text = random.text(length: 200)
            for term in analyzer.terms(of: text, language: Language.allCases.randomElement(using: &random)) {
                #expect(!term.isEmpty && term.utf8.count <= 256)
            }
            let bytes = Array(text.utf8)
            var end = 0
            for range in SentenceSplitter().sentences(in: text) {
                #expect(range.lowerBound >= end && !range.isEmpty)
                #expect(String(validating: bytes[range], as: UTF8.self) != nil)
                let gap = String(decoding: bytes[end..<range.lowerBound], as: UTF8.self)
                #expect(
                    gap.unicodeScalars.allSatisfy {
                        $0.properties.isWhitespace || $0.value <= 0x20 || $0.value == 0x7F || $0.value == 0x200B
                            || $0.value == 0xFEFF
                    })
                end = range.upperBound
            }
        }
    }

    @Test func `any question can be analyzed in any languages, and its terms have forms`() {
        var random = SeededGenerator(seed: 19)
        for _ in 0..<300 {
            let text = random.text(length: 120)
            let languages = Language.allCases.shuffled(using: &random).prefix(4)
            for term in analyzer.queryTerms(of: text, languages: Array(languages)) {
                #expect(!term.forms.isEmpty && !term.forms.contains("") && term.weight > 0 && term.weight <= 1)
                #expect(Set(term.forms).count == term.forms.count)
            }
        }
    }

    @Test func `a question finds the document with the same text, whatever its language`() {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<300 {
            let text = random.text(length: 40)
            let language = Language.allCases.randomElement(using: &random)
            let indexed = Set(analyzer.indexTerms(of: text, language: language))
            for term in analyzer.queryTerms(of: text, languages: [.french, language].compactMap { $0 }) {
                #expect(!indexed.isDisjoint(with: term.forms), "\(text.debugDescription) \(term.forms)")
            }
        }
    }

    @Test func `two paragraphs have the terms of each`() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<200 {
            let first = random.text(length: 60)
            let second = random.text(length: 60)
            let language = Language.allCases.randomElement(using: &random)
            let both = analyzer.terms(of: first + "\n" + second, language: language)
            #expect(
                both == analyzer.terms(of: first, language: language) + analyzer.terms(of: second, language: language))
        }
    }

    @Test func `random letters give the same terms composed and decomposed`() {
        var random = SeededGenerator(seed: 17)
        let letters = Array("aeiouнйёеиіїЙЁäöüßéñçşğåøαώガ각 ".unicodeScalars)
        for _ in 0..<300 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<20 {
                if let letter = letters.randomElement(using: &random) { scalars.append(letter) }
                if Int.random(in: 0..<6, using: &random) == 0 { scalars.append("\u{301}") }
            }
            let text = String(scalars)
            let language = [nil, Language.german, .turkish, .russian].randomElement(using: &random) ?? nil
            let composed = analyzer.terms(of: text.precomposedStringWithCanonicalMapping, language: language)
            let decomposed = analyzer.terms(of: text.decomposedStringWithCanonicalMapping, language: language)
            #expect(composed == decomposed, "\(text)")
        }
    }

    @Test func `many tasks can share one analyzer`() async {
        let texts = (0..<40).map { "Документ номер \($0): parseFile\($0) settings, настройки \($0 * 7919)" }
        let expected = texts.map { Analyzer().terms(of: $0, language: .russian) }
        let shared = analyzer
        await withTaskGroup(of: (Int, [String]).self) { group in
            for (index, text) in texts.enumerated() {
                group.addTask { (index, shared.terms(of: text, language: .russian)) }
            }
            for await (index, terms) in group { #expect(terms == expected[index]) }
        }
    }

    @Test func `more words than the cache holds do not change terms`() {
        let words = (0..<70_000).map { "слово\($0)" }
        let terms = analyzer.terms(of: words.joined(separator: " "), language: nil)
        #expect(terms.count { $0.hasPrefix("слово") && $0.count > 5 } == words.count)
        #expect(
            analyzer.terms(of: "слово0 слова", language: nil) == Analyzer().terms(of: "слово0 слова", language: nil))
    }
}

extension SeededGenerator {
    /// Scalars of every plane, half of them from the blocks and punctuation that analysis treats specially.
    fileprivate mutating func text(length: Int) -> String {
        let common = Array(
            "aZéЖёй1٣ \n.,'’-_#+!?…。«»\u{301}\u{308}\u{AD}\u{200B}\u{200D}\u{FEFF}漢ガ한ไก\u{0}\u{7}\u{85}".unicodeScalars)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<length {
            if Bool.random(using: &self), let scalar = common.randomElement(using: &self) {
                scalars.append(scalar)
            } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)) {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
