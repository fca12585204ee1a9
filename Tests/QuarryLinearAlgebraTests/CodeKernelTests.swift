import QuarryLinearAlgebra
import QuarryTestSupport
import Testing

@Suite struct CodeKernelTests {
    private func numbers(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    /// Groups of codes of random rows, and the rows.
    private func makeGroups(
        rows: Int, columns: Int, _ generator: inout SeededGenerator
    ) -> (groups: [UInt8], rows: [[Float]]) {
        let size = CodeKernels.groupBytes(columns: columns)
        var groups = [UInt8](repeating: 0, count: (rows + 31) / 32 * size)
        let vectors = (0..<rows).map { _ in numbers(columns, &generator) }
        groups.withUnsafeMutableBytes { bytes in
            for (row, vector) in vectors.enumerated() {
                guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
                CodeKernels.writeSigns(of: vector, columns: columns, to: start + row / 32 * size, slot: row % 32)
                for (index, factor) in numbers(3, &generator).enumerated() {
                    let place = row / 32 * size + 4 * columns + 4 * (32 * index + row % 32)
                    bytes.storeBytes(of: abs(factor).bitPattern.littleEndian, toByteOffset: place, as: UInt32.self)
                }
            }
        }
        return (groups, vectors)
    }

    private func query(columns: Int, _ generator: inout SeededGenerator) -> CodeKernels.Query {
        let largest = UInt8(min(63, 65_535 / (columns / 4)))
        return CodeKernels.Query(
            tables: (0..<4 * columns).map { _ in UInt8.random(in: 0...largest, using: &generator) }, step: 0.01,
            base: -3, center: 0.1, rowError: 0.2, tableError: 0.01, slack: 1e-5)
    }

    private func scan(
        _ groups: [UInt8], rows: Int, columns: Int, members: [UInt32]?, query: CodeKernels.Query, threshold: Float,
        kernel: CodeKernels.Kernel
    ) -> [[Float]] {
        var found = CodeKernels.Found(capacity: rows)
        CodeKernels.scan(
            groups, rows: rows, columns: columns, members: members, query: query, threshold: threshold, kernel: kernel,
            into: &found)
        return (0..<found.count).map { [Float(found.rows[$0]), found.estimates[$0], found.upper[$0]] }
    }

    @Test(arguments: [64, 128, 384, 1024, 8192])
    func `all kernels find the same rows with the same bounds`(columns: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let count = columns > 1000 ? 70 : 300
        let (groups, _) = makeGroups(rows: count, columns: columns, &generator)
        let query = query(columns: columns, &generator)
        let all = scan(
            groups, rows: count, columns: columns, members: nil, query: query, threshold: -.infinity, kernel: .plain)
        #expect(all.map { Int($0[0]) } == Array(0..<count))
        let middle = all.map { $0[2] }.sorted()[count / 2]
        let members = (0..<(count + 31) / 32).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
        let some = scan(
            groups, rows: count, columns: columns, members: members, query: query, threshold: middle, kernel: .plain)
        #expect(
            some == all.filter { $0[2] >= middle && members[Int($0[0]) / 32] >> UInt32(Int($0[0]) % 32) & 1 != 0 })
        for kernel in CodeKernels.Kernel.allCases where kernel.isAvailable {
            #expect(
                scan(
                    groups, rows: count, columns: columns, members: nil, query: query, threshold: -.infinity,
                    kernel: kernel) == all)
            #expect(
                scan(
                    groups, rows: count, columns: columns, members: members, query: query, threshold: middle,
                    kernel: kernel) == some)
        }
    }

    @Test func `the sum of a row is that of the table entries of its signs`() {
        var generator = SeededGenerator(seed: 3)
        let (groups, rows) = makeGroups(rows: 45, columns: 64, &generator)
        var query = query(columns: 64, &generator)
        (query.step, query.base, query.center) = (1, 0, 0)
        let found = scan(
            groups, rows: 45, columns: 64, members: nil, query: query, threshold: -.infinity, kernel: .best)
        for (row, vector) in rows.enumerated() {
            var sum = 0
            for table in 0..<16 {
                let entry = (0..<4).reduce(0) { $0 | (vector[4 * table + $1] >= 0 ? 1 : 0) << $1 }
                sum += Int(query.tables[16 * table + entry])
            }
            let place = row / 32 * CodeKernels.groupBytes(columns: 64) + 256 + 4 * (row % 32)
            func factor(_ index: Int) -> Float {
                groups.withUnsafeBytes {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: $0.loadUnaligned(fromByteOffset: place + 128 * index, as: UInt32.self)))
                }
            }
            let estimate = factor(0) + factor(1) * Float(sum)
            #expect(abs(found[row][1] - estimate) <= 1e-5 * max(1, abs(estimate)))
        }
    }

    @Test(arguments: [64, 384, 1024])
    func `the tables of a query are the sums of its values with all signs, from zero, in steps`(columns: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let query = (0..<columns).map { _ in Float.random(in: -1...1, using: &generator) }
        let tables = CodeKernels.tables(of: query, step: 0.13, largest: 40)
        #expect(tables.count == 4 * columns)
        for table in 0..<columns / 4 {
            let values = query[4 * table..<4 * table + 4].map(Double.init)
            for signs in 0..<16 {
                let sum = values.enumerated().reduce(0) { $0 + ($1.1 * (signs >> $1.0 & 1 == 1 ? 1 : -1) + abs($1.1)) }
                let entry = min(sum / Double(Float(0.13)), 40)
                #expect(abs(Double(tables[16 * table + signs]) - entry) <= 0.5001)
            }
        }
    }

    @Test(arguments: [64, 192, 384, 8192])
    func `signs and magnitudes give the same product with all kernels, that of their definition`(columns: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let (groups, rows) = makeGroups(rows: 40, columns: columns, &generator)
        let query = (0..<columns).map { _ in Int8.random(in: -127...127, using: &generator) }
        for (row, vector) in rows.enumerated() {
            var magnitudes = [UInt8](repeating: 0, count: CodeKernels.magnitudeBytes(columns: columns))
            let sums = CodeKernels.writeMagnitudes(of: vector, columns: columns, steps: 3.7, to: &magnitudes)
            let levels = vector.map { 2 * min(3, Int(abs($0) * 3.7)) + 1 }
            let product = zip(vector, levels).reduce(0.0) { $0 + Double(abs($1.0)) * Double($1.1) }
            #expect(abs(sums.product - product) < 1e-6 * product)
            #expect(sums.squares == Double(levels.reduce(0) { $0 + $1 * $1 }))
            let expected = zip(zip(vector, levels), query).reduce(0) { sum, pair in
                sum + (pair.0.0 >= 0 ? 1 : -1) * pair.0.1 * Int(pair.1)
            }
            for kernel in CodeKernels.Kernel.allCases where kernel.isAvailable {
                let found = groups.withUnsafeBufferPointer { groups in
                    groups.baseAddress.map {
                        CodeKernels.fineProduct(
                            group: $0 + row / 32 * CodeKernels.groupBytes(columns: columns), slot: row % 32,
                            magnitudes: magnitudes, query: query, kernel: kernel)
                    }
                }
                #expect(found == expected)
            }
        }
    }

    @Test(arguments: [64, 192, 256, 384, 832])
    func `a rotation keeps lengths and inner products`(columns: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let signs = (0..<columns * CodeKernels.rotationRounds).map { _ in
            Bool.random(using: &generator) ? 0x8000_0000 as UInt32 : 0
        }
        let (a, b) = (numbers(columns, &generator), numbers(columns, &generator))
        func rotated(_ x: [Float]) -> [Float] {
            var x = x
            CodeKernels.rotate(&x, columns: columns, signs: signs)
            return x
        }
        func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        #expect(abs(dot(rotated(a), rotated(b)) - dot(a, b)) < 1e-4)
        #expect(abs(dot(rotated(a), rotated(a)) - dot(a, a)) < 1e-4)
        let (squares, magnitudes) = CodeKernels.sums(a, columns: columns)
        #expect(abs(squares - dot(a, a)) < 1e-9)
        #expect(abs(magnitudes - a.reduce(0) { $0 + Double(abs($1)) }) < 1e-9)
    }

    @Test func `a row keeps its signs when it is copied to another group`() {
        var generator = SeededGenerator(seed: 4)
        let (groups, rows) = makeGroups(rows: 32, columns: 64, &generator)
        var target = [UInt8](repeating: 0xff, count: groups.count)
        for slot in 0..<32 {
            CodeKernels.copySigns(from: groups, slot: slot, to: &target, slot: 31 - slot, columns: 64)
        }
        var expected = target
        for slot in 0..<32 { CodeKernels.writeSigns(of: rows[slot], columns: 64, to: &expected, slot: 31 - slot) }
        #expect(target == expected)
    }
}
