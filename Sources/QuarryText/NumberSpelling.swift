/// A canonical form of numbers: without group separators and with a decimal point, `1,234` → 1234, `1.234,5` → 1234.5,
/// `12 500` → 12500, `3,14` → 3.14. Nil if the groups are not a number: `1,2,3`.
///
/// One comma before exactly three digits separates thousands, unless it follows a zero.
/// - Parameters:
///   - groups: Runs of digits.
///   - connectors: Commas, points, spaces and apostrophes between the groups.
func canonicalNumber(_ groups: [String], _ connectors: [Connector]) -> String? {
    guard let last = connectors.last, let fraction = groups.last, connectors.count + 1 == groups.count else {
        return nil
    }
    if connectors.allSatisfy({ $0 == last }) {
        if last != .dot, isGrouped(groups[...], by: last) { return groups.joined() }
        return groups.count == 2 && (last == .comma || last == .dot) ? groups.joined(separator: ".") : nil
    }
    guard last == .comma || last == .dot else { return nil }
    let whole = groups.dropLast()
    guard let separator = connectors.first, connectors.dropLast().allSatisfy({ $0 == separator }),
        isGrouped(whole, by: separator)
    else { return nil }
    return whole.joined() + "." + fraction
}

/// The number without separators if dots may separate thousands: `12.500`, which may also be a decimal fraction.
func numberWithoutDots(_ groups: [String]) -> String? { isGrouped(groups[...], by: .dot) ? groups.joined() : nil }

/// Whether all groups but the first have three digits. With commas, Indian grouping is accepted too: `12,34,567`.
private func isGrouped(_ groups: ArraySlice<String>, by separator: Connector) -> Bool {
    guard let first = groups.first, first.utf8.count <= 3, !first.hasPrefix("0"), let last = groups.last else {
        return false
    }
    let middle = groups.dropFirst().dropLast()
    guard groups.count > 1 else { return true }
    guard last.utf8.count == 3 else { return false }
    let isIndian = separator == .comma && !middle.isEmpty && first.utf8.count <= 2
    return middle.allSatisfy { $0.utf8.count == 3 } || isIndian && middle.allSatisfy { $0.utf8.count == 2 }
}
