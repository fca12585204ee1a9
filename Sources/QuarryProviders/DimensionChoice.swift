/// Which lengths of vectors a model can be asked for.
public enum DimensionChoice: Sendable, Hashable {
    /// None: it makes what it makes, and refuses to be told.
    case fixed
    /// Those that its card lists.
    case listed
    case range(ClosedRange<Int>)
}

extension DimensionChoice: Codable {
    /// `fixed`, `listed`, or the least and the greatest as a list of two.
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
                in: container, debugDescription: "\(bounds) is no least and greatest dimension.")
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
    /// The length to ask a model for: what is wished, or nil where the model makes that without being told and takes no
    /// wish. Models without a card, and those whose card says nothing of it, are asked as given.
    ///
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for a length that the model cannot make, naming those
    ///   that it can.
    package func dimensionToAsk(_ wished: Int, of model: String, at provider: Provider) throws -> Int? {
        guard let card = card(of: model, at: provider), let choice = card.dimensionChoice else { return wished }
        let usual = card.dimensions.first.map { "\($0)" } ?? "its own"
        switch choice {
        case .fixed where card.dimensions.contains(wished): return nil
        case .listed where card.dimensions.contains(wished): return wished
        case .range(let range) where range.contains(wished): return wished
        case .fixed:
            throw Self.refusal(of: wished, card, "It makes \(usual) and no other: leave the dimension away.")
        case .listed:
            let list = card.dimensions.sorted().map { "\($0)" }.joined(separator: ", ")
            throw Self.refusal(of: wished, card, "Ask for one of \(list), or leave it away for \(usual).")
        case .range(let range):
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Self.refusal(of: wished, card, "Ask for \(bounds), or leave it away for \(usual).")
        }
    }

    private static func refusal(of wished: Int, _ card: ModelCard, _ advice: String) -> ProviderError {
        ProviderError(
            .invalidConfiguration,
            "\(card.provider)/\(card.name) cannot make vectors of \(wished) dimensions. \(advice)")
    }
}
