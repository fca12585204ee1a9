import QuarryCore
import QuarryJSON
import QuarryProviders

/// `POST /v2/models/{model}/infer` of the Open Inference Protocol (KServe v2), as implemented by Triton: texts are a
/// tensor of `BYTES`, vectors one of `FP32` or `FP64`.
struct OpenInferenceEmbeddings: EmbeddingFormat {
    var tensors: RemoteEmbedder.Tensors

    var path: String { "v2/models/{model}/infer" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            inputs: [
                Body.Input(
                    name: tensors.text, shape: tensors.isTextColumn ? [texts.count, 1] : [texts.count],
                    datatype: "BYTES", data: texts)
            ],
            outputs: [Body.Output(name: tensors.embedding)])
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var found: Tensor?
            var names: [String] = []
            try cursor.members { key, cursor in
                guard key == "outputs" else { return try cursor.skip() }
                try cursor.elements { cursor in
                    let tensor = try Tensor(&cursor)
                    names.append(tensor.name)
                    if tensor.name == tensors.embedding { found = tensor }
                }
            }
            guard let found else {
                throw ProviderError(
                    .malformedReply,
                    "The reply has no tensor “\(tensors.embedding)”; it has \(names.joined(separator: ", ")). Name the right one."
                )
            }
            return try found.reply()
        }
    }

    private struct Body: Encodable {
        struct Input: Encodable {
            var name: String
            var shape: [Int]
            var datatype: String
            var data: [String]
        }
        struct Output: Encodable { var name: String }
        var inputs: [Input]
        var outputs: [Output]
    }

    /// An output tensor as received. Its numbers may be nested.
    private struct Tensor {
        var name = ""
        var type = ""
        var shape: [Int] = []
        var values: [Float] = []

        init(_ cursor: inout JSONCursor) throws {
            // The keys may come in any order.
            try cursor.members { key, cursor in
                switch key {
                case "name": name = try cursor.string()
                case "datatype": type = try cursor.string()
                case "shape": try cursor.elements { cursor in shape.append(try cursor.integer()) }
                case "data": try cursor.tensor(appendingTo: &values)
                default: try cursor.skip()
                }
            }
        }

        /// - Throws: `ProviderError` with code `malformedReply` for a tensor that is not (texts, dimension).
        func reply() throws -> EmbeddingReply {
            guard type == "FP32" || type == "FP64" else {
                throw ProviderError(
                    .malformedReply,
                    "The tensor “\(name)” is of type \(type); vectors must be FP32 or FP64 to be sent as JSON.")
            }
            var shape = shape
            if shape.count == 3, shape[1] == 1 { shape.remove(at: 1) }
            guard shape.count == 2, shape[0] >= 0, shape[1] > 0,
                shape[0].multipliedReportingOverflow(by: shape[1]) == (values.count, false)
            else {
                throw ProviderError(
                    .malformedReply,
                    "The tensor “\(name)” has shape \(self.shape) and \(values.count) numbers; one vector for each text is needed."
                )
            }
            var reply = EmbeddingReply()
            var rest = values[...]
            while !rest.isEmpty {
                reply.values.append(contentsOf: rest.prefix(shape[1]))
                reply.endRow()
                rest = rest.dropFirst(shape[1])
            }
            return reply
        }
    }
}

extension JSONCursor {
    /// Flattens numbers in arrays nested to any depth. Tensors of other types are skipped.
    fileprivate mutating func tensor(appendingTo values: inout [Float]) throws {
        switch firstByteOfElements() {
        case UInt8(ascii: "["):
            try elements { cursor in try cursor.tensor(appendingTo: &values) }
        case UInt8(ascii: "\""), UInt8(ascii: "t"), UInt8(ascii: "f"): try skip()
        default: try floats(appendingTo: &values)
        }
    }
}
