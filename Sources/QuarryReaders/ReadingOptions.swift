/// How sources are read. An index keeps these options, so that all its runs read alike.
///
/// Options that change the documents of a format are part of its reader's version: the files of this format are then read
/// again.
public struct ReadingOptions: Sendable, Hashable, Codable {
    /// Where records of JSON and JSONL have their text, id and title.
    public var records = RecordPaths()

    public init() {}

    /// Options that are missing have their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        records = try values.decodeIfPresent(RecordPaths.self, forKey: .records) ?? records
    }
}
