import QuarryCore

/// How sources are read. An index keeps these options, so that all its runs read alike.
///
/// Options that change the documents of a format are part of its reader's version: the files of this format are then read
/// again.
public struct ReadingOptions: Sendable, Hashable, Codable {
    /// Where records of JSON and JSONL, and rows of SQLite, have their text, id and title.
    public var records = RecordPaths()
    /// The tables of SQLite files that are read, each row as a document. The default is none: such files are not read.
    public var tables: [String] = []
    /// The personal data that is replaced. The default is none.
    public var redaction = Redaction()
    /// Whether text is kept that a person does not see in the document. The default is false.
    public var keepsHiddenText = false
    /// How to read scanned pages and the text of pictures. The default is nil: they are left out.
    public var ocr: TextRecognition?
    /// Metadata by the name of a folder or source.
    public var labels = SourceLabels()

    public init() {}

    /// Options that are missing have their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        records = try values.decodeIfPresent(RecordPaths.self, forKey: .records) ?? records
        tables = try values.decodeIfPresent([String].self, forKey: .tables) ?? tables
        redaction = try values.decodeIfPresent(Redaction.self, forKey: .redaction) ?? redaction
        keepsHiddenText = try values.decodeIfPresent(Bool.self, forKey: .keepsHiddenText) ?? keepsHiddenText
        ocr = try values.decodeIfPresent(TextRecognition.self, forKey: .ocr)
        labels = try values.decodeIfPresent(SourceLabels.self, forKey: .labels) ?? labels
    }
}

extension ReadingOptions {
    /// A result without what is redacted, and with labels. A label wins over the metadata in the source.
    func finished(_ result: ReadResult, of source: String) -> ReadResult {
        var result = redaction.redacted(result)
        let labels = labels.labels(of: source)
        guard !labels.isEmpty else { return result }
        for index in result.documents.indices { result.documents[index].metadata.merge(labels) { $1 } }
        return result
    }
}
