import QuarryLinearAlgebra

/// How the numbers of a tensor are stored.
enum ElementType: String, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    /// Blocks of 32 four-bit weights with one scale.
    case q4 = "Q4_0"

    /// The size of `count` elements in bytes; nil for an incomplete block or an overflow.
    func byteCount(of count: Int) -> Int? {
        let (unit, width) =
            switch self {
            case .float32: (1, 4)
            case .float16, .bfloat16: (1, 2)
            case .q4: (Widening.q4BlockWeights, Widening.q4BlockBytes)
            }
        guard count >= 0, count.isMultiple(of: unit) else { return nil }
        let (bytes, overflow) = (count / unit).multipliedReportingOverflow(by: width)
        return overflow ? nil : bytes
    }
}

/// A tensor in a mapped file: a matrix (rows, columns) of row-major numbers in some format.
///
/// A vector has one row. A tensor is valid only during the lifetime of its file.
struct StoredTensor: @unchecked Sendable {
    // Unchecked: points into a read-only mapping.
    let type: ElementType
    let rows: Int
    let columns: Int
    private let bytes: UnsafeRawBufferPointer
    private let rowBytes: Int

    var byteCount: Int { bytes.count }

    /// Nil unless the bytes are exactly `rows` rows of `columns` elements, without a block across rows.
    init?(type: ElementType, rows: Int, columns: Int, bytes: UnsafeRawBufferPointer) {
        guard rows > 0, columns > 0, let rowBytes = type.byteCount(of: columns), bytes.count / rowBytes == rows,
            bytes.count.isMultiple(of: rowBytes)
        else { return nil }
        self.type = type
        self.rows = rows
        self.columns = columns
        self.bytes = bytes
        self.rowBytes = rowBytes
    }

    /// Writes `count` rows from `first` as floats, `count` · `columns` of them.
    ///
    /// - Precondition: `0 <= first` and `first + count <= rows`.
    func read(rows first: Int, count: Int, into values: UnsafeMutablePointer<Float>) {
        precondition(first >= 0 && count >= 0 && first + count <= rows, "Rows outside the tensor.")
        guard count > 0, let start = bytes.baseAddress?.advanced(by: first * rowBytes) else { return }
        switch type {
        case .float32: UnsafeMutableRawPointer(values).copyMemory(from: start, byteCount: count * rowBytes)
        case .float16: Widening.float16(start, count: count * columns, into: values)
        case .bfloat16: Widening.bfloat16(start, count: count * columns, into: values)
        case .q4: Widening.q4(start, blockCount: count * columns / Widening.q4BlockWeights, into: values)
        }
    }
}

extension StoredTensor {
    /// A row as floats.
    ///
    /// - Precondition: `0 <= row < rows`.
    func row(_ row: Int) -> [Float] { floats(rows: row, count: 1) }

    /// All rows as floats, row-major.
    var values: [Float] { floats(rows: 0, count: rows) }

    private func floats(rows first: Int, count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count * columns) { buffer, used in
            if let start = buffer.baseAddress { read(rows: first, count: count, into: start) }
            used = count * columns
        }
    }
}

/// A file of named tensors.
protocol TensorSource {
    /// The tensor of that name as a matrix; a vector has one row.
    ///
    /// Throws an error with the file and the tensor if it is missing or has another shape or type.
    func tensor(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> StoredTensor
}
