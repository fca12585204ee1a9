/// A condition on a document's metadata, applied to both legs before the best are taken.
///
/// The keys `id` and `title` name the document's own fields; every other key names metadata. A document that
/// lacks the key matches nothing but ``not(_:)``.
public indirect enum Filter: Sendable, Hashable {
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
