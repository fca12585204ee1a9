import CQuarryKernels

/// Loops over codes of one bit for each number of a vector, in groups of 32 rows. See `quarry_kernels.h` for the layout.
package enum CodeKernels {
    /// The instructions that a scan uses. All find the same rows.
    package enum Kernel: Sendable, CaseIterable {
        case plain, avx2, avx512

        /// The fastest of this processor.
        package static let best = allCases.first { $0.value == quarry_code_best_kernel() } ?? .plain

        package var isAvailable: Bool { quarry_code_kernel_available(value) != 0 }

        fileprivate var value: quarry_code_kernel {
            switch self {
            case .plain: QUARRY_CODES_PLAIN
            case .avx2: QUARRY_CODES_AVX2
            case .avx512: QUARRY_CODES_AVX512
            }
        }
    }

    package static let rotationRounds = Int(QUARRY_ROTATION_ROUNDS)

    /// The bytes of a group of 32 rows: signs, then 32 offsets, scales and errors.
    package static func groupBytes(columns: Int) -> Int { signBytes(columns: columns) + 96 * MemoryLayout<Float>.size }

    package static func signBytes(columns: Int) -> Int { 4 * columns }

    /// Rotates `columns` numbers. `signs` has ``rotationRounds`` · `columns` values, each 0 or the sign bit of a float.
    package static func rotate(_ x: UnsafeMutablePointer<Float>, columns: Int, signs: UnsafePointer<UInt32>) {
        quarry_rotate(x, columns, signs)
    }

    /// The sum of the squares of `columns` numbers, and of their magnitudes. `columns` is a multiple of 16.
    package static func sums(_ x: UnsafePointer<Float>, columns: Int) -> (squares: Double, magnitudes: Double) {
        var (squares, magnitudes) = (0.0, 0.0)
        quarry_code_sums(x, columns, &squares, &magnitudes)
        return (squares, magnitudes)
    }

    /// Writes the signs of `columns` numbers as row `slot` of a group.
    package static func writeSigns(
        of x: UnsafePointer<Float>, columns: Int, to group: UnsafeMutablePointer<UInt8>, slot: Int
    ) {
        quarry_code_write_signs(group, columns, slot, x)
    }

    package static func copySigns(
        from source: UnsafePointer<UInt8>, slot: Int, to target: UnsafeMutablePointer<UInt8>, slot targetSlot: Int,
        columns: Int
    ) {
        quarry_code_copy_signs(source, slot, target, targetSlot, columns)
    }

    /// The bytes of the magnitudes of a row.
    package static func magnitudeBytes(columns: Int) -> Int { columns / 4 }

    /// Writes the magnitudes of `columns` numbers as two bits m each: min(3, `steps` · |x|).
    ///
    /// - Returns: The sum of (2m + 1) |x|, and that of (2m + 1)².
    package static func writeMagnitudes(
        of x: UnsafePointer<Float>, columns: Int, steps: Float, to fine: UnsafeMutablePointer<UInt8>
    ) -> (product: Double, squares: Double) {
        var (product, squares) = (0.0, 0.0)
        quarry_code_write_magnitudes(fine, columns, x, steps, &product, &squares)
        return (product, squares)
    }

    /// The inner product of a query, without −128, with the signs and the magnitudes 2m + 1 of a row.
    package static func fineProduct(
        group: UnsafePointer<UInt8>, slot: Int, magnitudes: UnsafePointer<UInt8>, query: [Int8],
        kernel: Kernel = .best
    ) -> Int {
        Int(quarry_fine_product(kernel.value, group, slot, magnitudes, query.count, query))
    }

    /// Asks for the memory that ``fineProduct(group:slot:magnitudes:query:kernel:)`` will read.
    package static func prefetch(
        group: UnsafePointer<UInt8>, slot: Int, magnitudes: UnsafePointer<UInt8>, columns: Int
    ) {
        quarry_code_prefetch(group, slot, magnitudes, columns)
    }

    /// For each four columns of a query the sixteen sums of their values with all signs, from zero, in steps.
    ///
    /// - `step`: Above zero.
    /// - `largest`: No entry is larger; at most 255.
    package static func tables(of x: [Float], step: Float, largest: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 4 * x.count) { tables, count in
            if let start = tables.baseAddress { quarry_code_tables(x, x.count, step, Float(largest), start) }
            count = 4 * x.count
        }
    }

    /// A query for ``scan(_:rows:columns:members:query:threshold:kernel:into:)``: `quarry_code_query`.
    package struct Query: Sendable {
        /// 16 entries for each four columns.
        package var tables: [UInt8]
        package var step: Float
        package var base: Float
        package var center: Float
        package var rowError: Float
        package var tableError: Float
        package var slack: Float

        package init(
            tables: [UInt8], step: Float, base: Float, center: Float, rowError: Float, tableError: Float, slack: Float
        ) {
            self.tables = tables
            self.step = step
            self.base = base
            self.center = center
            self.rowError = rowError
            self.tableError = tableError
            self.slack = slack
        }
    }

    /// The rows that a scan found, with estimates and upper bounds of their inner products. The first `count` elements are
    /// valid.
    package struct Found {
        package var rows: [UInt32]
        package var estimates: [Float]
        package var upper: [Float]
        package var count = 0

        package init(capacity: Int) {
            rows = Array(repeating: 0, count: capacity)
            estimates = Array(repeating: 0, count: capacity)
            upper = estimates
        }
    }

    /// Finds the rows whose upper bound reaches a threshold.
    ///
    /// - `groups`: (rows + 31) / 32 groups.
    /// - `members`: A bit for each row of each group; nil for all rows.
    /// - `found`: With room for all rows.
    package static func scan(
        _ groups: UnsafePointer<UInt8>, rows: Int, columns: Int, members: [UInt32]?, query: Query, threshold: Float,
        kernel: Kernel = .best, into found: inout Found
    ) {
        precondition(found.rows.count >= rows && query.tables.count == 4 * columns)
        precondition(members.map { $0.count * 32 >= rows } ?? true)
        found.count = query.tables.withUnsafeBufferPointer { tables in
            var query = quarry_code_query(
                tables: tables.baseAddress, step: query.step, base: query.base, center: query.center,
                row_error: query.rowError, table_error: query.tableError, slack: query.slack)
            guard let members else {
                return quarry_scan_codes(
                    kernel.value, groups, rows, columns, nil, &query, threshold, &found.rows, &found.estimates,
                    &found.upper)
            }
            return quarry_scan_codes(
                kernel.value, groups, rows, columns, members, &query, threshold, &found.rows, &found.estimates,
                &found.upper)
        }
    }
}
