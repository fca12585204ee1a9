/// A condition on a document's metadata. Every leg applies it before it takes its best hits.
///
/// The keys `id` and `title` refer to the document's own fields; every other key refers to metadata. A document without
/// the key matches only ``not(_:)``.
public indirect enum Filter: Sendable, Hashable, Codable {
    /// The value equals, or a list contains, the given value.
    case equals(String, MetadataValue)
    case isIn(String, [MetadataValue])
    /// Numbers compare as numbers, and strings by Unicode scalars. With a bound that is an ISO date only values that are
    /// dates match. Bounds are included, and an upper bound such as 2024 or 2024-05 is its whole year or month.
    case between(String, from: MetadataValue?, through: MetadataValue?)
    case hasPrefix(String, String)
    case exists(String)
    case all([Filter])
    case any([Filter])
    case not(Filter)
}
