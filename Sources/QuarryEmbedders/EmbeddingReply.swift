import Foundation
import QuarryCore

/// The request body of `POST /embeddings`.
struct EmbeddingRequest: Encodable {
    var model: String
    var input: [String]
    var encodingFormat: String
    var dimensions: Int?

    private enum CodingKeys: String, CodingKey {
        case model, input, dimensions
        case encodingFormat = "encoding_format"
    }
}

/// The reply of `POST /embeddings`.
struct EmbeddingReply: Decodable {
    /// Numbers, or the base64 of little-endian 32-bit floats: servers choose for themselves what they send.
    struct Vector: Decodable {
        var values: [Float]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                guard let data = Data(base64Encoded: text), data.count.isMultiple(of: 4) else {
                    throw DecodingError.dataCorruptedError(
                        in: container, debugDescription: "The vector is not the base64 of 32-bit floats.")
                }
                values = data.withUnsafeBytes { bytes in
                    stride(from: 0, to: bytes.count, by: 4).map { offset in
                        let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                        return Float(bitPattern: UInt32(littleEndian: bits))
                    }
                }
            } else {
                values = try container.decode([Float].self)
            }
        }
    }

    struct Row: Decodable {
        var index: Int?
        var embedding: Vector
    }

    var data: [Row]

    /// The vectors in the order of the texts, each of unit length.
    ///
    /// - Parameters:
    ///   - count: How many texts were sent.
    ///   - dimension: What each vector must have; nil takes the first one's.
    /// - Throws: ``EmbeddingError`` with code `malformedReply` or `wrongDimension`.
    func batch(count: Int, dimension expected: Int?, from place: String) throws -> EmbeddingBatch {
        guard data.count == count else {
            throw EmbeddingError(.malformedReply, "\(place) sent \(data.count) vectors for \(count) texts.")
        }
        guard let dimension = expected ?? data.first?.embedding.values.count, dimension > 0 else {
            throw EmbeddingError(.malformedReply, "\(place) sent an empty vector.")
        }
        var rows = [[Float]?](repeating: nil, count: count)
        for (position, row) in data.enumerated() {
            let index = row.index ?? position
            guard rows.indices.contains(index), rows[index] == nil else {
                throw EmbeddingError(
                    .malformedReply, "\(place) sent a vector with index \(index) twice, or for no text at all.")
            }
            rows[index] = try Self.normalized(row.embedding.values, dimension: dimension, index: index, from: place)
        }
        return EmbeddingBatch(values: rows.flatMap { $0 ?? [] }, dimension: dimension)
    }

    private static func normalized(
        _ values: [Float], dimension: Int, index: Int, from place: String
    ) throws -> [Float] {
        guard values.count == dimension else {
            throw EmbeddingError(
                .wrongDimension,
                "\(place) made a vector of \(values.count) dimensions where \(dimension) are expected. "
                    + "Use the model that the index was built with, or rebuild the index.")
        }
        // In double precision: the squares of large components would overflow a float.
        let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard norm.isFinite, norm > 0 else {
            throw EmbeddingError(
                .malformedReply,
                "\(place) made a vector for text \(index) that is zero or not finite. The model may be damaged.")
        }
        return values.map { Float(Double($0) / norm) }
    }
}
