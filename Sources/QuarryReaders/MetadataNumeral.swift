import QuarryCore

extension MetadataValue {
    /// A number that is written in decimal, or its digits where a `Double` would not give them back: an integer beyond
    /// ±2⁵³, such as an id, and what is beyond the range of a `Double`.
    static func numeral(_ text: String) -> MetadataValue {
        guard let value = Double(text), value.isFinite else { return .string(text) }
        let isInteger = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2B || $0 == 0x2D }
        if isInteger, (Int(text)?.magnitude ?? .max) > 1 << 53 { return .string(text) }
        return .number(value)
    }
}
