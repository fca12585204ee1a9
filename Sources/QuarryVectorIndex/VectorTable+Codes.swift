import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

/// Codes as tables beside the vectors that they are made of. They can be made again at any time.
///
/// - `vector_coders`: what the codes of a generation depend on besides its vectors, the revision that they belong to,
///   and the sum of the checksums of their blocks. A generation without a row has no codes: it is small.
/// - `vector_codes`: for each generation, blocks of codes (``CodeBlock``), each with its checksum.
extension VectorTable {
    /// Generations with fewer vectors have no codes: an exact search takes no longer.
    static let codedCount = 4096
    /// Vectors whose mean is the center of the codes. More would hardly move it.
    private static let centerCount = 65_536

    /// What `vector_coders` says of a generation.
    struct StoredCoder {
        var coder: VectorCoder
        /// How many vectors there were when the center was chosen.
        var basis: Int
        /// The revision of the vectors that the codes belong to.
        var revision: Int64
        var count: Int
        /// The sum of the checksums of the blocks.
        var sum: Int64

        func checksum(generation: Int64) -> Int64 {
            var seed = UInt64(bitPattern: generation)
            for word in [Int64(bitPattern: coder.seed), Int64(basis), revision, Int64(count), sum] {
                seed = Checksum.combining(seed, UInt64(bitPattern: word))
            }
            return Int64(bitPattern: centerBytes.withUnsafeBytes { Checksum.of($0, seed: seed) })
        }

        var centerBytes: Data { coder.center.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) } }
    }

    /// Nil if a generation has no codes, or codes of another revision of its vectors.
    ///
    /// - Throws: ``VectorError/damaged(place:reason:)``.
    static func coder(of generation: Generation, in db: Database) throws -> StoredCoder? {
        guard let stored = try storedCoder(of: generation, in: db), stored.revision == generation.revision else {
            return nil
        }
        return stored
    }

    private static func storedCoder(of generation: Generation, in db: Database) throws -> StoredCoder? {
        guard try isUpgraded(in: db) else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT generation, seed, center, basis, revision, count, sum, checksum FROM vector_coders
                WHERE generation = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [generation.id]) else { return nil }
        let stored = StoredRow(row, of: "vector_coders")
        func damaged(_ reason: String) -> VectorError {
            .damaged(place: "the codes of generation \(generation.id)", reason: reason)
        }
        let bytes = try stored.blob(2)
        guard bytes.count == generation.dimension * MemoryLayout<Float>.size,
            generation.dimension <= VectorCoder.maximumDimension
        else { throw damaged("their center has \(bytes.count) bytes") }
        let center = bytes.withUnsafeBytes { bytes in
            (0..<generation.dimension).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        let coder = StoredCoder(
            coder: VectorCoder(seed: UInt64(bitPattern: try stored.integer(1)), center: center),
            basis: try stored.count(3), revision: try stored.integer(4), count: try stored.count(5),
            sum: try stored.integer(6))
        guard coder.checksum(generation: generation.id) == (try stored.integer(7)) else {
            throw damaged("their description does not match its checksum")
        }
        return coder
    }

    private static func write(_ coder: StoredCoder, generation: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO vector_coders VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                generation, Int64(bitPattern: coder.coder.seed), coder.centerBytes, coder.basis, coder.revision,
                coder.count, coder.sum, coder.checksum(generation: generation),
            ])
    }

    static func removeCodes(generation: Int64, in db: Database) throws {
        guard try isUpgraded(in: db) else { return }
        try db.execute(sql: "DELETE FROM vector_codes WHERE generation = ?", arguments: [generation])
        try db.execute(sql: "DELETE FROM vector_coders WHERE generation = ?", arguments: [generation])
    }

    /// Brings the codes of a generation up to a change of its vectors.
    ///
    /// - `generation`: After the change.
    static func updateCodes(_ changes: [Int64: [Float]?], of generation: Generation, in db: Database) throws {
        guard generation.dimension <= VectorCoder.maximumDimension, try isUpgraded(in: db) else { return }
        guard var stored = try storedCoder(of: generation, in: db), stored.revision == generation.revision - 1 else {
            let count = try ids(generation: generation.id, in: db).count
            return try count < codedCount
                ? removeCodes(generation: generation.id, in: db) : makeCodes(of: generation, in: db)
        }
        let width = Int64(CodeBlock.width(columns: stored.coder.columns))
        var blocks: [Int64: [Int: VectorCoder.Row?]] = [:]
        for (id, vector) in changes {
            let code = vector.map { stored.coder.encode($0) }
            blocks[id / width, default: [:]].updateValue(code, forKey: Int(id % width))
        }
        for (number, changes) in blocks.sorted(by: { $0.key < $1.key }) {
            let old = try codeBlock(number, of: generation, coder: stored.coder, in: db)
            let empty = try old ?? emptyCodeBlock(number, of: generation, coder: stored.coder)
            let new = empty.applying(changes, generation: generation.id)
            stored.count += new.count - (old?.count ?? 0)
            stored.sum &+= (new.count == 0 ? 0 : new.checksum) &- (old?.checksum ?? 0)
            try write(new, generation: generation.id, in: db)
        }
        stored.revision = generation.revision
        if stored.count < codedCount / 2 { return try removeCodes(generation: generation.id, in: db) }
        // A center of few vectors may lie far from the mean of many.
        if stored.basis < centerCount, stored.count >= 8 * stored.basis { return try makeCodes(of: generation, in: db) }
        try write(stored, generation: generation.id, in: db)
    }

    private static func emptyCodeBlock(
        _ number: Int64, of generation: Generation, coder: VectorCoder
    ) throws -> CodeBlock {
        let width = CodeBlock.width(columns: coder.columns)
        return CodeBlock(
            generation: generation.id, number: number, present: Array(repeating: 0, count: width / 64),
            columns: coder.columns
        ) { _ in }
    }

    private static func write(_ block: CodeBlock, generation: Int64, in db: Database) throws {
        guard block.count > 0 else {
            return try db.cachedStatement(sql: "DELETE FROM vector_codes WHERE generation = ? AND block = ?")
                .execute(arguments: [generation, block.number])
        }
        let present = block.present.map(\.littleEndian).withUnsafeBytes { Data($0) }
        try db.cachedStatement(
            sql: """
                INSERT INTO vector_codes (generation, block, checksum, present, groups) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (generation, block) DO UPDATE SET
                    checksum = excluded.checksum, present = excluded.present, groups = excluded.groups
                """
        ).execute(arguments: [generation, block.number, block.checksum, present, Data(block.bytes)])
    }

    /// Makes all codes of a generation again, around the mean of its first vectors.
    static func makeCodes(of generation: Generation, in db: Database) throws {
        try removeCodes(generation: generation.id, in: db)
        guard generation.dimension <= VectorCoder.maximumDimension else { return }
        var sums = [Double](repeating: 0, count: generation.dimension)
        var basis = 0
        try forEachBlock(of: generation, in: db) { stored in
            guard basis < centerCount else { return false }
            stored.forEachVector(dimension: generation.dimension) { _, vector in
                for index in sums.indices { sums[index] += Double(vector[index]) }
                basis += 1
            }
            return true
        }
        guard basis > 0 else { return }
        var stored = StoredCoder(
            coder: VectorCoder(seed: UInt64(bitPattern: generation.id), center: sums.map { Float($0 / Double(basis)) }),
            basis: basis, revision: generation.revision, count: 0, sum: 0)
        // First, as the blocks refer to it.
        try write(stored, generation: generation.id, in: db)
        try forEachCodeBlock(of: generation, coder: stored.coder, in: db) { block in
            stored.count += block.count
            stored.sum &+= block.checksum
            try write(block, generation: generation.id, in: db)
        }
        try write(stored, generation: generation.id, in: db)
    }

    /// Codes made of the stored vectors, block after block.
    private static func forEachCodeBlock(
        of generation: Generation, coder: VectorCoder, in db: Database, _ body: (CodeBlock) throws -> Void
    ) throws {
        let width = Int64(CodeBlock.width(columns: coder.columns))
        var number: Int64 = -1
        var codes: [Int: VectorCoder.Row?] = [:]
        func finish() throws {
            guard !codes.isEmpty else { return }
            let empty = try emptyCodeBlock(number, of: generation, coder: coder)
            try body(empty.applying(codes, generation: generation.id))
            codes = [:]
        }
        try forEachBlock(of: generation, in: db) { stored in
            try stored.forEachVector(dimension: generation.dimension) { id, vector in
                if id / width != number {
                    try finish()
                    number = id / width
                }
                codes.updateValue(coder.encode(vector), forKey: Int(id % width))
            }
            return true
        }
        try finish()
    }

    // MARK: Reading

    /// The columns that ``codeBlock(_:of:coder:)`` reads.
    private static let codeColumns = "block, checksum, present, groups"

    private static func codeBlock(
        _ number: Int64, of generation: Generation, coder: VectorCoder, in db: Database
    ) throws -> CodeBlock? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(codeColumns) FROM vector_codes WHERE generation = ? AND block = ?")
        let rows = try Row.fetchCursor(statement, arguments: [generation.id, number])
        return try rows.next().map { try codeBlock($0, of: generation, coder: coder) }
    }

    /// - Throws: ``VectorError/damaged(place:reason:)``.
    private static func codeBlock(_ row: Row, of generation: Generation, coder: VectorCoder) throws -> CodeBlock {
        let stored = StoredRow(row, of: "vector_codes")
        let (number, checksum) = (try stored.integer(0), try stored.integer(1))
        func damaged(_ reason: String) -> VectorError {
            .damaged(place: "generation \(generation.id), codes of block \(number)", reason: reason)
        }
        let width = CodeBlock.width(columns: coder.columns)
        guard isValid(number, width: width) else { throw damaged("the block number is out of range") }
        let present = try stored.withBlob(2) { bytes -> [UInt64] in
            guard bytes.count == width / 8 else { throw damaged("it has ids outside of its range") }
            return (0..<width / 64).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
            }
        }
        let block = try stored.withBlob(3) { bytes in
            let count = present.reduce(0) { $0 + $1.nonzeroBitCount }
            let size = CodeBlock.byteCount(rows: count, columns: coder.columns)
            guard count > 0, bytes.count == size else {
                throw damaged("it has \(bytes.count) bytes instead of \(size)")
            }
            return CodeBlock(generation: generation.id, number: number, present: present, columns: coder.columns) {
                $0.copyMemory(from: bytes)
            }
        }
        guard block.checksum == checksum else { throw damaged("they do not match their checksum") }
        return block
    }

    /// The codes of a generation; nil if it has none.
    ///
    /// - `previous`: Blocks of it that have not changed are taken over.
    /// - Throws: ``VectorError/damaged(place:reason:)``.
    static func codes(
        of generation: Generation, previous: VectorCodes?, in db: Database
    ) throws -> VectorCodes? {
        guard let stored = try coder(of: generation, in: db) else { return nil }
        var known: [Int64: CodeBlock] = [:]
        if let previous, previous.coder.seed == stored.coder.seed, previous.coder.center == stored.coder.center {
            for block in previous.blocks { known[block.number] = block }
        }
        let list = try db.cachedStatement(
            sql: "SELECT block, checksum FROM vector_codes WHERE generation = ? ORDER BY block")
        let all = try db.cachedStatement(
            sql: "SELECT \(codeColumns) FROM vector_codes WHERE generation = ? ORDER BY block")
        var blocks: [CodeBlock] = []
        let rows = try Row.fetchCursor(known.isEmpty ? all : list, arguments: [generation.id])
        while let row = try rows.next() {
            if known.isEmpty {
                blocks.append(try codeBlock(row, of: generation, coder: stored.coder))
                continue
            }
            let row = StoredRow(row, of: "vector_codes")
            let (number, checksum) = (try row.integer(0), try row.integer(1))
            if let block = known[number], block.checksum == checksum {
                blocks.append(block)
            } else if let block = try codeBlock(number, of: generation, coder: stored.coder, in: db) {
                blocks.append(block)
            }
        }
        let codes = VectorCodes(coder: stored.coder, blocks: blocks)
        guard blocks.reduce(0, { $0 &+ $1.checksum }) == stored.sum, codes.count == stored.count else {
            throw VectorError.damaged(
                place: "the codes of generation \(generation.id)",
                reason: "blocks are missing, or were put in by another program")
        }
        return codes
    }

    /// The problems of the stored codes: they must be those of the vectors.
    static func codeProblems(of generation: Generation, in db: Database) throws -> [String] {
        guard let stored = try storedCoder(of: generation, in: db) else { return [] }
        guard stored.revision == generation.revision else {
            return ["The codes of generation \(generation.id) belong to an earlier state of its vectors."]
        }
        guard let codes = try codes(of: generation, previous: nil, in: db) else { return [] }
        var blocks = codes.blocks[...]
        var problems: [String] = []
        try forEachCodeBlock(of: generation, coder: stored.coder, in: db) { block in
            let found = blocks.popFirst()
            if problems.isEmpty, found?.number != block.number || found?.checksum != block.checksum {
                problems.append(
                    "The codes of generation \(generation.id), block \(block.number), are not those of its vectors.")
            }
        }
        if problems.isEmpty, !blocks.isEmpty {
            problems.append("Generation \(generation.id) has codes of vectors that are gone.")
        }
        return problems
    }
}
