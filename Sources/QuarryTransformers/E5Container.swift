import QuarryLinearAlgebra

/// The packed multilingual E5 container, `E5S1`: shape, tokenizer and tensors in one little-endian file.
///
/// A header of 44 bytes, the tokenizer, then a directory: a 32-bit count, and for each tensor a 16-bit length and the
/// name, its type (0: F32, 1: Q4_0), a 32-bit count of elements, a 64-bit offset from the start of the file and a
/// 64-bit count of bytes.
struct E5Container: TensorSource {
    static let magic = Array("E5S1".utf8)
    static let headerBytes = 44

    private struct Entry {
        var type: ElementType
        var elementCount: Int
        var bytes: UnsafeRawBufferPointer
    }

    let file: MappedFile
    let configuration: EncoderConfiguration
    private let entries: [String: Entry]

    /// - `directoryOffset`: The end of the tokenizer.
    init(
        file: MappedFile, configuration: EncoderConfiguration, directoryOffset: Int
    ) throws(TransformerError) {
        self.file = file
        self.configuration = configuration
        entries = try Self.directory(file, at: directoryOffset)
    }

    /// The shape in the header.
    static func configuration(_ file: MappedFile) throws(TransformerError) -> EncoderConfiguration {
        guard file.bytes.count >= headerBytes, file.bytes.prefix(4).elementsEqual(magic) else {
            throw TransformerError(.malformed, "The file does not begin with an E5S1 header.", path: file.path)
        }
        func integer(_ index: Int) -> Int {
            Int(Int32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
        }
        guard integer(1) == 1, integer(10) == Widening.q4BlockWeights else {
            throw TransformerError(
                .unsupported,
                "The file is an E5S1 container of version \(integer(1)) with blocks of \(integer(10)); "
                    + "only version 1 with blocks of 32 is supported.", path: file.path)
        }
        let epsilon = UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: 36, as: UInt32.self))
        let configuration = EncoderConfiguration(
            hiddenSize: integer(2), layerCount: integer(3), headCount: integer(4), intermediateSize: integer(5),
            vocabularySize: integer(6), positionCount: integer(7), tokenTypeCount: integer(8),
            layerNormEpsilon: Float(bitPattern: epsilon), firstPosition: 0)
        try configuration.validate(path: file.path)
        return configuration
    }

    private static func directory(_ file: MappedFile, at offset: Int) throws(TransformerError) -> [String: Entry] {
        var reader = LittleEndianReader(file.bytes, at: offset)
        func truncated(_ place: String) -> TransformerError {
            TransformerError(
                .malformed, "The directory of tensors ends within \(place). The file may be cut short: fetch it again.",
                path: file.path)
        }
        guard let count = reader.integer(Int32.self), count >= 0 else { throw truncated("its count") }
        var entries: [String: Entry] = [:]
        for index in 0..<Int(count) {
            guard let length = reader.integer(UInt16.self), let nameBytes = reader.bytes(Int(length)),
                let type = reader.integer(UInt8.self), let elements = reader.integer(UInt32.self),
                let start = reader.integer(UInt64.self), let size = reader.integer(UInt64.self)
            else { throw truncated("entry \(index) of \(count)") }
            let name = String(decoding: nameBytes, as: UTF8.self)
            guard type <= 1 else {
                throw TransformerError(
                    .unsupported, "Tensor \(name) is of type \(type); supported are 0 (F32) and 1 (Q4_0).",
                    path: file.path)
            }
            let fileSize = UInt64(file.bytes.count)
            guard start <= fileSize, size <= fileSize - start else {
                throw TransformerError(
                    .malformed,
                    "Tensor \(name) is at \(start) with \(size) bytes, outside the file's \(fileSize). "
                        + "The file may be cut short: fetch it again.", path: file.path)
            }
            entries[name] = Entry(
                type: type == 0 ? .float32 : .q4, elementCount: Int(elements),
                bytes: UnsafeRawBufferPointer(rebasing: file.bytes[Int(start)..<Int(start + size)]))
        }
        return entries
    }

    func tensor(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> StoredTensor {
        guard let entry = entries[name] else {
            throw TransformerError(.malformed, "Tensor \(name) is missing.", path: file.path)
        }
        guard entry.elementCount == rows * columns,
            let tensor = StoredTensor(type: entry.type, rows: rows, columns: columns, bytes: entry.bytes)
        else {
            throw TransformerError(
                .malformed,
                "Tensor \(name) has \(entry.elementCount) elements in \(entry.bytes.count) bytes of "
                    + "\(entry.type.rawValue); \(rows) × \(columns) were expected.", path: file.path)
        }
        return tensor
    }
}
