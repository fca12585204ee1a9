import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

/// What an audit keeps of a file: small, whatever its size.
struct SourceFacts: Sendable {
    var file: FoundFile
    var digest: ContentHash?
    /// Of a file whose text is in its bytes.
    var encoding: TextEncoding?
    var rejected: [Rejection] = []
    var warnings: [Rejection] = []
    var documents: [DocumentFacts] = []
    /// By kind.
    var personalData: [String: Int] = [:]
    var licences: Set<String> = []
    var links: (checked: Int, dangling: [FolderLinks.Link]) = (0, [])
    var wikilinks: Set<String> = []

    init(unread file: FoundFile, _ rejection: Rejection) {
        self.file = file
        rejected = [rejection]
    }

    /// - Parameters:
    ///   - result: What the reader made of the source.
    ///   - folders: Where its links may lead.
    init(of file: FoundFile, _ source: Source, _ result: ReadResult, folders: FolderLinks) {
        self.file = file
        digest = source.bytes.isEmpty ? nil : ContentHash(of: source.bytes)
        rejected = result.rejected + (result.skipped.map { [$0] } ?? []) + result.unread
        warnings = result.warnings
        if result.documents.first?.sourceMap.base == .source { encoding = source.encoding }
        links = folders.check(source.linkTargets(in: result.documents), of: file)
        var hints = LicenceHints()
        if HTMLReader().pathExtensions.contains(pathExtension(of: file.id) ?? "") {
            // The reader leaves out the foot of a page, where its licence is.
            source.bytes.withUnsafeBufferPointer { hints.find(in: $0) }
        }
        let collection = Self.language(of: result.documents)
        var statements: Set<String> = []
        for document in result.documents {
            documents.append(DocumentFacts(of: document, in: file, from: collection))
            wikilinks.formUnion(document.links)
            var text = document.text
            text.withUTF8 { hints.find(in: $0) }
            hints.take(file: file.id, text: document.text)
            for (key, value) in document.metadata where Self.licenceKeys.contains(key.lowercased()) {
                if case .string(let name) = value { hints.take(metadata: name) }
            }
            for match in PersonalData.find(in: document.text) { personalData[match.kind.rawValue, default: 0] += 1 }
            for (key, value) in document.metadata {
                for text in value.texts { statements.insert("\(key): \(text)") }
            }
        }
        // The attachments of a mail have its metadata too, and the messages of a mailbox often the same.
        for statement in statements { count(statement) }
        licences = hints.names
    }

    /// Counts the personal data of a value of metadata, such as a sender of mail. The key is read as a word before it.
    private mutating func count(_ statement: String) {
        let start = statement.utf8.firstIndex(of: UInt8(ascii: ":")).map {
            statement.utf8.distance(from: statement.startIndex, to: $0)
        }
        for match in PersonalData.find(in: statement) where match.range.lowerBound > start ?? 0 {
            personalData[match.kind.rawValue, default: 0] += 1
        }
    }

    private static let licenceKeys: Set<String> = ["license", "licence", "rights", "copyright", "лицензия"]

    /// The language of most documents of a file with many, such as records; nil if unclear.
    private static func language(of documents: [Document]) -> Language? {
        guard documents.count > 1 else { return nil }
        let samples = documents.prefix(100).map { String(decoding: $0.text.utf8.prefix(160), as: UTF8.self) }
        return LanguageDetector().language(of: samples.joined(separator: "\n"))
    }
}

extension MetadataValue {
    /// As a person writes it.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .strings(let texts): texts
        case .number(let number):
            number.rounded() == number && abs(number) < 1e16 ? [String(Int64(number))] : []
        case .bool: []
        }
    }
}

/// What an audit keeps of a document.
struct DocumentFacts: Sendable {
    var id: String
    var hasTitle: Bool
    var text: ContentHash
    var words: Int
    var language: Language?
    /// See ``DocumentDate``.
    var date: String
    var isDateOfFile: Bool
    /// The types of the values, by key.
    var metadata: [String: String]
    /// Nil for a document that is too short to have near-duplicates.
    var shingles: (WordShingles, MinHash)?

    init(of document: Document, in file: FoundFile, from collection: Language?) {
        let shingles = WordShingles(of: document.text)
        id = document.id
        hasTitle = document.title?.contains { !$0.isWhitespace } ?? false
        text = ContentHash(of: document.text)
        words = shingles.words
        language = LanguageDetector().language(of: document.text, from: collection)
        let own = DocumentDate.latest(in: document.metadata)
        date = own ?? DocumentDate.day(of: Date(timeIntervalSince1970: Double(file.modificationTime) / 1e9))
        isDateOfFile = own == nil
        metadata = document.metadata.mapValues { value in
            switch value {
            case .string: "string"
            case .number: "number"
            case .bool: "bool"
            case .strings: "strings"
            }
        }
        if words >= NearDuplicateSearch.minimumWords { self.shingles = (shingles, MinHash(of: shingles)) }
    }
}
