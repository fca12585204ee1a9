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
        if last != .dot, isGrouped(groups[...]) { return groups.joined() }
        return groups.count == 2 && (last == .comma || last == .dot) ? groups.joined(separator: ".") : nil
    }
    guard last == .comma || last == .dot else { return nil }
    let whole = groups.dropLast()
    guard let separator = connectors.first, connectors.dropLast().allSatisfy({ $0 == separator }), isGrouped(whole)
    else { return nil }
    return whole.joined() + "." + fraction
}

/// The number without separators if dots may separate thousands: `12.500`, which may also be a decimal fraction.
func numberWithoutDots(_ groups: [String]) -> String? { isGrouped(groups[...]) ? groups.joined() : nil }

private func isGrouped(_ groups: ArraySlice<String>) -> Bool {
    guard let first = groups.first, first.utf8.count <= 3, !first.hasPrefix("0") else { return false }
    return groups.dropFirst().allSatisfy { $0.utf8.count == 3 }
}
