import GRDB
import QuarryCore
import QuarryVectorIndex

/// Puts the vectors of an index into the tables of its first version.
func restoreEarlierVectorTables(in db: Database) throws {
    let matrices = try VectorTable.generations(in: db).map { generation in
        (generation, try VectorTable.matrix(generation: generation.id, in: db))
    }
    for table in ["vector_codes", "vector_coders", "vectors", "vector_generations"] { try db.drop(table: table) }
    try VectorTable.create(in: db)
    for (generation, matrix) in matrices {
        try VectorTable.createGeneration(generation.id, dimension: generation.dimension, in: db)
        let values = matrix.ids.flatMap { matrix.vector(of: $0) ?? [] }
        try VectorTable.upsert(
            EmbeddingBatch(values: values, dimension: generation.dimension), ids: matrix.ids,
            generation: generation.id, in: db)
    }
    try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '6'")
}
