import QuarryCore

extension MetadataValue {
    /// A decimal number, or its digits as a string if a `Double` cannot represent it: an integer beyond ±2⁵³, such as
    /// an id, or a value beyond the range of `Double`.
    static func numeral(_ text: String) -> MetadataValue {
        guard let value = Double(text), value.isFinite else { return .string(text) }
        let isInteger = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2B || $0 == 0x2D }
        if isInteger, (Int(text)?.magnitude ?? .max) > 1 << 53 { return .string(text) }
        return .number(value)
    }
}
