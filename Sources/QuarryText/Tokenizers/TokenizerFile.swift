/// Reads Hugging Face `tokenizer.json` files with WordPiece and Unigram models.
///
/// Components are honoured or refused by name. `truncation`, `padding` and `decoder` are read over: callers set their
/// own limits, pad their own batches, and never decode.
package enum TokenizerFile {
    /// Reads the contents of a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizerError`` where the file is damaged or asks for an unknown component.
    /// - Complexity: O(bytes).
    package static func parse(_ bytes: [UInt8]) throws(TokenizerError) -> any Tokenizer {
        var scanner = JSONScanner(bytes)
        var components: [JSONMember] = []
        var model: VocabularyModel?
        try scanner.scanObject { (scanner, key) throws(TokenizerError) in
            if key.elementsEqual("model".utf8) {
                model = try VocabularyModel(&scanner)
            } else {
                components.append(JSONMember(key: String(decoding: key, as: UTF8.self), value: try scanner.scanValue()))
            }
        }
        try scanner.scanEnd()
        guard let model else { throw TokenizerError(.malformed, "The tokenizer file has no member \"model\".") }
        return try TokenizerComponents(members: .object(components)).tokenizer(of: model)
    }
}

/// The `model` member: its vocabulary as bytes, and its settings.
struct VocabularyModel {
    /// All pieces, one behind the other.
    var pieces: [UInt8] = []
    var offsets: [UInt32] = [0]
    /// One for each piece of a WordPiece vocabulary.
    var ids: [Int32] = []
    /// One for each piece of a Unigram vocabulary.
    var scores: [Double] = []
    private(set) var settings: JSONValue = .object([])

    private init() {}

    init(_ scanner: inout JSONScanner) throws(TokenizerError) {
        var members: [JSONMember] = []
        var model = VocabularyModel()
        try scanner.scanObject { (scanner, key) throws(TokenizerError) in
            guard key.elementsEqual("vocab".utf8) else {
                members.append(JSONMember(key: String(decoding: key, as: UTF8.self), value: try scanner.scanValue()))
                return
            }
            model = VocabularyModel()
            switch scanner.peek() {
            case 0x5B: try scanner.scanArray { (scanner) throws(TokenizerError) in try model.addScored(&scanner) }
            default:
                try scanner.scanObject { (scanner, piece) throws(TokenizerError) in
                    try model.add(piece)
                    model.ids.append(try JSONValue.number(scanner.scanNumber()).id("an id of the vocabulary"))
                }
            }
        }
        self = model
        settings = .object(members)
    }

    /// Adds the pair of a piece and its score.
    private mutating func addScored(_ scanner: inout JSONScanner) throws(TokenizerError) {
        try scanner.take(0x5B)
        try scanner.scanString(into: &pieces)
        try closePiece()
        try scanner.take(0x2C)
        scores.append(try scanner.scanNumber())
        try scanner.take(0x5D)
    }

    private mutating func add(_ piece: [UInt8]) throws(TokenizerError) {
        pieces += piece
        try closePiece()
    }

    private mutating func closePiece() throws(TokenizerError) {
        guard let end = UInt32(exactly: pieces.count), offsets.count < Int(Int32.max) else {
            throw TokenizerError(.unsupported, "The vocabulary holds more than 4 GB.")
        }
        offsets.append(end)
    }

    /// The id of a piece of a WordPiece vocabulary.
    func id(of piece: [UInt8]) -> Int32? {
        ids.indices.first { pieces[Int(offsets[$0])..<Int(offsets[$0 + 1])].elementsEqual(piece) }.map { ids[$0] }
    }

    func wordPiece() throws(TokenizerError) -> WordPieceModel {
        try requireVocabulary(ids.count)
        let prefix = try settings.member("continuing_subword_prefix", orElse: .string(Array("##".utf8))).string()
        let unknown = try settings.member("unk_token", orElse: .string(Array("[UNK]".utf8))).string()
        let maximum = try settings.member("max_input_chars_per_word", orElse: .number(100)).id("a number of characters")
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
            throw TokenizerError(.unsupported, "The Unigram model asks for byte_fallback, which is not implemented.")
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
