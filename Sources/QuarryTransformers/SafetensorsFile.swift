import Foundation

/// The tensors of a `.safetensors` file, mapped, not copied.
///
/// Format: a little-endian 64-bit header length, a JSON header (name → `dtype`, `shape`, `data_offsets`), the data.
/// <https://github.com/huggingface/safetensors#format>
struct SafetensorsFile: TensorSource {
    private struct Entry {
        var type: String
        var shape: [Int]
        var bytes: UnsafeRawBufferPointer
    }

    let file: MappedFile
    private let entries: [String: Entry]

    /// In byte order.
    var names: [String] { entries.keys.sorted() }

    init(path: String) throws(TransformerError) {
        file = try MappedFile(path: path)
        let (header, data) = try Self.split(file)
        let raw: Header
        do {
            raw = try JSONDecoder().decode(Header.self, from: Data(header))
        } catch {
            throw TransformerError(
                .malformed, "The safetensors header is not valid JSON (\(error)). Fetch the file again.",
                path: path)
        }
        var entries: [String: Entry] = [:]
        for (name, tensor) in raw.tensors {
            guard tensor.offsets.count == 2, 0 <= tensor.offsets[0], tensor.offsets[0] <= tensor.offsets[1],
                tensor.offsets[1] <= data.count
            else {
                throw TransformerError(
                    .malformed,
                    "Tensor \(name) is at \(tensor.offsets), outside the \(data.count) bytes of data. "
                        + "The file may be cut short: fetch it again.", path: path)
            }
            entries[name] = Entry(
                type: tensor.type, shape: tensor.shape,
                bytes: UnsafeRawBufferPointer(rebasing: data[tensor.offsets[0]..<tensor.offsets[1]]))
        }
        self.entries = entries
    }

    private static func split(
        _ file: MappedFile
    ) throws(TransformerError) -> (header: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer) {
        let bytes = file.bytes
        guard bytes.count >= 8 else {
            throw TransformerError(
                .malformed, "The file has \(bytes.count) bytes, too few for a safetensors file.", path: file.path)
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(bytes.count - 8) else {
            throw TransformerError(
                .malformed,
                "The safetensors header claims \(length) bytes; the file has \(bytes.count). "
                    + "It may be cut short: fetch it again.", path: file.path)
        }
        let end = 8 + Int(length)
        return (
            UnsafeRawBufferPointer(rebasing: bytes[8..<end]), UnsafeRawBufferPointer(rebasing: bytes[end...])
        )
    }

    func tensor(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> StoredTensor {
        guard let entry = entries[name] else {
            throw TransformerError(
                .malformed, "Tensor \(name) is missing; the model may not be a BERT-family encoder.", path: file.path)
        }
        guard let type = ElementType(rawValue: entry.type), type != .q4 else {
            throw TransformerError(
                .unsupported, "Tensor \(name) is of type \(entry.type); F32, F16 and BF16 are supported.",
                path: file.path)
        }
        let wanted = rows == 1 && entry.shape.count == 1 ? [columns] : [rows, columns]
        guard entry.shape == wanted else {
            throw TransformerError(
                .malformed, "Tensor \(name) has the shape \(entry.shape); config.json requires \(wanted).",
                path: file.path)
        }
        guard let tensor = StoredTensor(type: type, rows: rows, columns: columns, bytes: entry.bytes) else {
            throw TransformerError(
                .malformed,
                "Tensor \(name) has \(entry.bytes.count) bytes, which is not \(entry.shape) of \(entry.type).",
                path: file.path)
        }
        return tensor
    }
}

extension SafetensorsFile {
    /// The JSON header without `__metadata__`.
    private struct Header: Decodable {
        struct Tensor: Decodable {
            var type: String
            var shape: [Int]
            var offsets: [Int]

            enum CodingKeys: String, CodingKey {
                case type = "dtype"
                case shape
                case offsets = "data_offsets"
            }
        }

        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var tensors: [String: Tensor]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            tensors = [:]
            for key in container.allKeys where key.stringValue != "__metadata__" {
                tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
            }
        }
    }
}
