/// A condition on a document's metadata. Every leg applies it before it takes its best hits.
///
/// The keys `id` and `title` refer to the document's own fields; every other key refers to metadata. A document without
/// the key matches only ``not(_:)``.
public indirect enum Filter: Sendable, Hashable, Codable {
    /// The value equals, or a list contains, the given value.
    case equals(String, MetadataValue)
    case isIn(String, [MetadataValue])
    /// Numbers compare as numbers, strings by Unicode scalars (so ISO dates compare as dates). Bounds are included.
    case between(String, from: MetadataValue?, through: MetadataValue?)
    case hasPrefix(String, String)
    case exists(String)
    case all([Filter])
    case any([Filter])
    case not(Filter)
}
