/// The tokenizer inside an `E5S1` container, and where it ends.
///
/// Little-endian, in order: i32 number of pieces n, i32 ids of `<s>`, `</s>`, padding and unknown, u64 bytes of all
/// pieces, u32 offsets of the pieces (n + 1), f32 scores (n), the pieces as UTF-8; then i32 number of normaliser
/// records, u32 bytes of all records, and records of u32 code point, u8 count, u32 replacement code points.
package struct E5ContainerTokenizerSection: Sendable {
    package var tokenizer: UnigramTokenizer
    /// The offset of the first byte after the section.
    package var end: Int

    /// Reads the section that starts at `offset`.
    ///
    /// - Complexity: O(bytes of the section).
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(TokenizerError) -> E5ContainerTokenizerSection {
        var reader = LittleEndianReader(bytes, at: offset)
        let pieceCount = Int(try reader.integer("the number of pieces") as Int32)
        let bos: Int32 = try reader.integer("the id of <s>")
        let eos: Int32 = try reader.integer("the id of </s>")
        let pad: Int32 = try reader.integer("the id of padding")
        let unknown: Int32 = try reader.integer("the id of the unknown piece")
        let pieceBytes: UInt64 = try reader.integer("the length of the pieces")
        guard pieceCount > 0, let byteCount = Int(exactly: pieceBytes) else {
            throw TokenizerError(
                .malformed, "The container declares \(pieceCount) pieces in \(pieceBytes) bytes; it is damaged.")
        }
        let offsets: [UInt32] = try reader.array("the offsets of the pieces", count: pieceCount + 1)
        let scores: [Float] = try reader.array("the scores of the pieces", count: pieceCount)
        let pieces: [UInt8] = try reader.array("the pieces", count: byteCount)
        let normalizer = try codePointMap(&reader)
        return E5ContainerTokenizerSection(
            tokenizer: try UnigramTokenizer(
                pieceCount: pieceCount, bos: bos, eos: eos, pad: pad, unknown: unknown, offsets: offsets,
                scores: scores, pieces: pieces, map: normalizer),
            end: reader.position)
    }

    private static func codePointMap(_ reader: inout LittleEndianReader) throws(TokenizerError) -> CodePointMap {
        let count: Int32 = try reader.integer("the number of normaliser records")
        let byteCount = Int(try reader.integer("the length of the normaliser") as UInt32)
        let end = reader.position + byteCount
        guard count >= 0, end <= reader.bytes.count else {
            throw TokenizerError(
                .malformed,
                "The container declares \(count) normaliser records in \(byteCount) bytes; it is damaged.")
        }
        var map = CodePointMap()
        for _ in 0..<count {
            let codePoint: UInt32 = try reader.integer("a normaliser record")
            let outputs = Int(try reader.integer("a normaliser record") as UInt8)
            let output: [UInt32] = try reader.array("a normaliser record", count: outputs)
            try map.insert(codePoint, output)
        }
        guard reader.position == end else {
            throw TokenizerError(
                .malformed,
                "The container's normaliser records end at byte \(reader.position), not at \(end); it is damaged.")
        }
        return map
    }
}

extension LittleEndianReader {
    /// - Parameter what: The name of the number in the error.
    fileprivate mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ what: String
    ) throws(TokenizerError) -> Value {
        guard let value = integer(Value.self) else { throw isCut(before: what) }
        return value
    }

    fileprivate mutating func array<Element: BitwiseCopyable>(
        _ what: String, count: Int
    ) throws(TokenizerError) -> [Element] {
        guard let elements = array(of: Element.self, count: count) else { throw isCut(before: what) }
        return elements
    }

    private func isCut(before what: String) -> TokenizerError {
        TokenizerError(
            .malformed,
            "The container ends at byte \(bytes.count), before \(what) at byte \(position). It is damaged or cut; fetch it "
                + "again.")
    }
}

extension UnigramTokenizer {
    /// The tokenizer of an `E5S1` container.
    ///
    /// Added tokens are not listed in it. They are the pieces of score 0, a probability of one, which no trained piece
    /// has.
    /// - `offsets`: The start of each piece in `pieces`, and the end of the last one: `pieceCount` + 1.
    /// - `scores`: Log-probabilities, one for each piece.
    /// - `normalizer`: Replacements of code points; all others are unchanged.
    /// - Throws: ``TokenizerError`` if the parts are inconsistent.
    package init(
        pieceCount: Int, bos: Int32, eos: Int32, pad: Int32, unknown: Int32, offsets: [UInt32], scores: [Float],
        pieces: [UInt8], normalizer: [UInt32: [UInt32]]
    ) throws(TokenizerError) {
        var map = CodePointMap()
        for codePoint in normalizer.keys.sorted() { try map.insert(codePoint, normalizer[codePoint] ?? []) }
        try self.init(
            pieceCount: pieceCount, bos: bos, eos: eos, pad: pad, unknown: unknown, offsets: offsets, scores: scores,
            pieces: pieces, map: map)
    }

    fileprivate init(
        pieceCount: Int, bos: Int32, eos: Int32, pad: Int32, unknown: Int32, offsets: [UInt32], scores: [Float],
        pieces: [UInt8], map: CodePointMap
    ) throws(TokenizerError) {
        guard offsets.count == pieceCount + 1, scores.count == pieceCount, pieceCount <= Int(Int32.max) else {
            throw TokenizerError(
                .malformed,
                "\(pieceCount) pieces need \(pieceCount + 1) offsets and as many scores as pieces, not \(offsets.count) "
                    + "and \(scores.count).")
        }
        for (name, id) in [("<s>", bos), ("</s>", eos), ("padding", pad), ("unknown", unknown)]
        where id < 0 || id >= pieceCount {
            throw TokenizerError(.malformed, "The id \(id) of \(name) is not one of the \(pieceCount) pieces.")
        }
        for index in 0..<pieceCount where offsets[index] > offsets[index + 1] {
            throw TokenizerError(.malformed, "Piece \(index) ends before it starts.")
        }
        guard Int(offsets[pieceCount]) <= pieces.count else {
            throw TokenizerError(
                .malformed, "The pieces end at byte \(offsets[pieceCount]) of \(pieces.count).")
        }
        if let index = scores.firstIndex(where: { !$0.isFinite }) {
            throw TokenizerError(.malformed, "The score of piece \(index) is \(scores[index]), not a finite number.")
        }
        let added = scores.indices.filter { scores[$0] == 0 }.map { index in
            AddedToken(id: Int32(index), content: Array(pieces[Int(offsets[index])..<Int(offsets[index + 1])]))
        }
        self.init(
            pipeline: TextPipeline(
                rawTokens: AddedTokens(added), normalizedTokens: AddedTokens([]),
                normalizers: [
                    .codePoints(CharacterMapNormalizer(map)), .replaceSpaces(minimum: 2, with: [0x20]),
                ]),
            preTokenizer: MetaspacePreTokenizer(),
            model: UnigramModel(pieces: pieces, offsets: offsets, scores: scores.map(Double.init), unknown: unknown),
            template: SpecialTokenTemplate(prefix: [bos], suffix: [eos]))
    }
}
