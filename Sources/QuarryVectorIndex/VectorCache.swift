import GRDB
import Synchronization

/// What was read last of the vectors and their codes, shared by all searches of one file or one snapshot.
package final class VectorCache: Sendable {
    private let matrices = Latest<VectorMatrix>()
    private let codes = Latest<CodedVectors?>()
    private let source: VectorCache?
    private let rowBytes: Int

    /// The default memory for vectors that searches by codes read: 64 MB, 43,690 vectors of 384 dimensions.
    package static let defaultRowBytes = 64 << 20

    /// - `source`: The cache of the file, for the cache of a snapshot: an older snapshot reads its vectors once and
    ///   keeps them, while newer ones share others.
    package init(over source: VectorCache) {
        self.source = source
        rowBytes = source.rowBytes
    }

    /// - `rowBytes`: The memory for vectors that searches by codes read from the file, for each revision that a snapshot still
    ///   uses. It is taken as it is used.
    package init(rowBytes: Int = VectorCache.defaultRowBytes) {
        source = nil
        self.rowBytes = rowBytes
    }

    /// Whether codes of some revision were read: then only the blocks that changed since are read for another one.
    var hasCodes: Bool { codes.holds { $0 != nil } || source?.hasCodes == true }

    /// The vectors in the transaction of `db`. Concurrent callers share one read.
    func matrix(generation number: Int64, in db: Database) throws -> VectorMatrix {
        try matrices.value(of: VectorTable.generation(number, in: db)) { _ in
            try source?.matrix(generation: number, in: db) ?? VectorTable.matrix(generation: number, in: db)
        }
    }

    /// The codes in the transaction of `db`; nil if there are none. Concurrent callers share one read.
    func codes(generation number: Int64, in db: Database) throws -> CodedVectors? {
        let generation = try VectorTable.generation(number, in: db)
        return try codes.value(of: generation) { previous in
            if let source { return try source.codes(generation: number, in: db) }
            guard let codes = try VectorTable.codes(of: generation, previous: previous??.codes, in: db) else {
                return nil
            }
            return CodedVectors(codes, of: generation, rowBytes: rowBytes)
        }
    }
}

/// A value of the newest revision that was asked for.
private final class Latest<Value: Sendable>: Sendable {
    private let loaded = Mutex<(generation: VectorTable.Generation, value: Value)?>(nil)

    /// Whether there is a value, and it passes a test.
    func holds(_ test: (Value) -> Bool) -> Bool { loaded.withLock { $0.map { test($0.value) } ?? false } }

    /// - `load`: Makes the value; it gets that of another revision.
    func value(of generation: VectorTable.Generation, load: (Value?) throws -> Value) throws -> Value {
        try loaded.withLock { loaded in
            if let loaded, loaded.generation == generation { return loaded.value }
            let fresh = try load(loaded?.value)
            // An older snapshot does not replace what newer ones share.
            let isOlder =
                loaded.map { ($0.generation.id, $0.generation.revision) > (generation.id, generation.revision) }
            if isOlder != true { loaded = (generation, fresh) }
            return fresh
        }
    }
}
