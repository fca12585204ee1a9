import Foundation
import QuarryText
import Testing

/// The vocabularies that the Snowball project publishes, beside the package: `../shared/eval/formats/snowball`.
private let vocabularies = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/eval/formats/snowball")

struct StemmerTests {
    @Test(
        // Missing: ../shared/eval/formats/snowball, the published vocabularies and their stems.
        .enabled(if: FileManager.default.fileExists(atPath: vocabularies.path)),
        // Published stems follow Snowball 3; the words that version 2.2 stems differently are counted here.
        arguments: [
            (Language.english, "english", 57), (.russian, "russian", 0), (.french, "french", 840),
            (.german, "german", 1247), (.italian, "italian", 1), (.portuguese, "portuguese", 0),
            (.spanish, "spanish", 9),
        ])
    func `stems are those published by Snowball`(_ language: Language, _ folder: String, _ changed: Int) throws {
        let words = try lines(folder + "/voc.txt")
        let stems = try lines(folder + "/output.txt")
        let stemmer = try #require(Stemmer(language))
        #expect(words.count > 10_000 && words.count == stems.count)
        let others = zip(words, stems).filter { word, stem in
            String(decoding: stemmer.stem(Array(word.utf8)), as: UTF8.self) != stem
        }
        #expect(others.count <= changed, "\(others.count) of \(words.count), such as \(others.prefix(5))")
    }

    private func lines(_ path: String) throws -> [Substring] {
        try String(contentsOf: vocabularies.appending(path: path), encoding: .utf8).split(separator: "\n")
    }

    @Test func `every language with a stemmer's name has a stemmer`() {
        for language in Language.allCases {
            let hasNone = [.chinese, .japanese, .korean].contains(language)
            #expect((Stemmer(language) == nil) == hasNone, "\(language)")
        }
    }

    @Test func `forms of one word share a stem`() throws {
        let groups: [(Language, [String])] = [
            (.english, ["connect", "connected", "connecting", "connection", "connections"]),
            (.russian, ["книга", "книги", "книге", "книгу", "книгой"]), (.german, ["haus", "hauses", "häuser"]),
            (.spanish, ["chico", "chicos", "chica"]),
        ]
        for (language, words) in groups {
            let stemmer = try #require(Stemmer(language))
            #expect(Set(words.map { stemmer.stem(Array($0.utf8)) }).count == 1, "\(words)")
        }
    }
}
