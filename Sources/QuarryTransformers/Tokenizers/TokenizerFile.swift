import QuarryJSON

/// Reads Hugging Face `tokenizer.json` files with WordPiece and Unigram models.
///
/// Components are applied or rejected by name. `truncation`, `padding` and `decoder` are ignored: callers set their own
/// limits, pad their own batches, and never decode.
package enum TokenizerFile {
    /// Reads the contents of a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizerError`` if the file is damaged or needs an unknown component.
    /// - Complexity: O(bytes).
    package static func parse(_ bytes: [UInt8]) throws(TokenizerError) -> any Tokenizer {
        var components: [String: JSONValue] = [:]
        var model: VocabularyModel?
        do {
            try JSONCursor.reading(bytes) { cursor in
                try cursor.members { key, cursor in
                    if key == "model" {
                        model = try VocabularyModel(&cursor)
                    } else {
                        components[key] = try JSONValue(&cursor)
                    }
                }
            }
        } catch let error as TokenizerError {
            throw error
        } catch {
            throw TokenizerError(.malformed, "The tokenizer file is not valid JSON: \(error).")
        }
        guard let model else { throw TokenizerError(.malformed, "The tokenizer file has no member \"model\".") }
        return try TokenizerComponents(members: .object(components)).tokenizer(of: model)
    }
}

/// The `model` member: its vocabulary as bytes, and its settings.
struct VocabularyModel {
    /// All pieces in sequence.
    var pieces: [UInt8] = []
    var offsets: [UInt32] = [0]
    /// One for each piece of a WordPiece vocabulary.
    var ids: [Int32] = []
    /// One for each piece of a Unigram vocabulary.
    var scores: [Double] = []
    private(set) var settings: JSONValue = [:]

    private init() {}

    init(_ cursor: inout JSONCursor) throws {
        var members: [String: JSONValue] = [:]
        var model = VocabularyModel()
        try cursor.members { key, cursor in
            guard key == "vocab" else {
                members[key] = try JSONValue(&cursor)
                return
            }
            model = VocabularyModel()
            if cursor.next() == UInt8(ascii: "[") {
                try cursor.elements { cursor in try model.addScored(&cursor) }
            } else {
                try cursor.members { piece, cursor in
                    try model.add(piece.utf8)
                    model.ids.append(try JSONValue(&cursor).id("an id of the vocabulary"))
                }
            }
        }
        self = model
        settings = .object(members)
    }

    /// Adds the pair of a piece and its score.
    private mutating func addScored(_ cursor: inout JSONCursor) throws {
        var count = 0
        try cursor.elements { cursor in
            switch count {
            case 0: try cursor.withString { try add($0) }
            case 1: scores.append(try cursor.double())
            default: throw cursor.fault("a piece has more than its text and its score")
            }
            count += 1
        }
        guard count == 2 else { throw cursor.fault("a piece lacks its text or its score") }
    }

    private mutating func add(_ piece: some Sequence<UInt8>) throws(TokenizerError) {
        pieces.append(contentsOf: piece)
        guard let end = UInt32(exactly: pieces.count), offsets.count < Int(Int32.max) else {
            throw TokenizerError(.unsupported, "The vocabulary has more than 4 GB.")
        }
        offsets.append(end)
    }

    /// The id of a piece of a WordPiece vocabulary.
    func id(of piece: [UInt8]) -> Int32? {
        ids.indices.first { pieces[Int(offsets[$0])..<Int(offsets[$0 + 1])].elementsEqual(piece) }.map { ids[$0] }
    }

    func wordPiece() throws(TokenizerError) -> WordPieceModel {
        try requireVocabulary(ids.count)
        let prefix = try settings.member("continuing_subword_prefix", orElse: "##").string()
        let unknown = try settings.member("unk_token", orElse: "[UNK]").string()
        let maximum = try settings.member("max_input_chars_per_word", orElse: .int(100)).id("a number of characters")
        guard let unknownID = id(of: unknown) else {
            throw TokenizerError(
                .malformed,
                "The unknown token \"\(String(decoding: unknown, as: UTF8.self))\" is not in the vocabulary.")
        }
        return WordPieceModel(
            pieces: pieces, offsets: offsets, ids: ids, continuationPrefix: prefix, unknown: unknownID,
            maximumCharacters: Int(maximum))
    }

    func unigram() throws(TokenizerError) -> UnigramModel {
        try requireVocabulary(scores.count)
        if settings["byte_fallback"] == .bool(true) {
            throw TokenizerError(.unsupported, "The Unigram model needs byte_fallback, which is not implemented.")
        }
        guard let value = settings["unk_id"], value != .null else {
            throw TokenizerError(.unsupported, "The Unigram model has no unk_id, which is not implemented.")
        }
        let unknown = try value.id("unk_id")
        guard Int(unknown) < scores.count else {
            throw TokenizerError(.malformed, "unk_id is \(unknown), but the vocabulary ends at \(scores.count - 1).")
        }
        return UnigramModel(pieces: pieces, offsets: offsets, scores: scores, unknown: unknown)
    }

    private func requireVocabulary(_ count: Int) throws(TokenizerError) {
        guard count > 0, count == offsets.count - 1 else {
            throw TokenizerError(.malformed, "The vocabulary is missing, empty, or not of the form of its model.type.")
        }
    }
}
