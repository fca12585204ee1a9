/// The vector dimensions that a model can be asked for.
public enum DimensionChoice: Sendable, Hashable {
    /// None. The model has one dimension and rejects requests for it.
    case fixed
    /// The dimensions on its card.
    case listed
    case range(ClosedRange<Int>)
}

extension DimensionChoice: Codable {
    /// `fixed`, `listed`, or a list of the minimum and the maximum.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let word = try? container.decode(String.self) {
            guard word == "fixed" || word == "listed" else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "“\(word)” is neither fixed nor listed.")
            }
            self = word == "fixed" ? .fixed : .listed
            return
        }
        let bounds = try container.decode([Int].self)
        guard bounds.count == 2, bounds[0] > 0, bounds[0] <= bounds[1] else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(bounds) is not a minimum and a maximum dimension.")
        }
        self = .range(bounds[0]...bounds[1])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .fixed: try container.encode("fixed")
        case .listed: try container.encode("listed")
        case .range(let range): try container.encode([range.lowerBound, range.upperBound])
        }
    }
}

extension ModelCatalog {
    /// The dimension to send in a request; nil if the model has this fixed dimension and rejects the parameter.
    ///
    /// Without a card, or with a card that does not say, the given dimension is sent.
    ///
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for a dimension that the model does not support.
    ///   The message lists the supported ones.
    package func requestedDimension(_ dimension: Int, of model: String, at provider: Provider) throws -> Int? {
        guard let card = card(of: model, at: provider), let choice = card.dimensionChoice else { return dimension }
        let usual = card.dimensions.first.map { "\($0)" } ?? "its own"
        switch choice {
        case .fixed where card.dimensions.contains(dimension): return nil
        case .listed where card.dimensions.contains(dimension): return dimension
        case .range(let range) where range.contains(dimension): return dimension
        case .fixed:
            throw Self.refusal(of: dimension, card, "It supports only \(usual): omit the dimension.")
        case .listed:
            let list = card.dimensions.sorted().map { "\($0)" }.joined(separator: ", ")
            throw Self.refusal(of: dimension, card, "It supports \(list). The default is \(usual).")
        case .range(let range):
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Self.refusal(of: dimension, card, "It supports \(bounds). The default is \(usual).")
        }
    }

    private static func refusal(of dimension: Int, _ card: ModelCard, _ advice: String) -> ProviderError {
        ProviderError(
            .invalidConfiguration,
            "\(card.provider)/\(card.name) cannot make vectors of \(dimension) dimensions. \(advice)")
    }
}
