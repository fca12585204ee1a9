/// A canonical form of numbers with commas: without group separators and with a decimal point, `1,234` → 1234,
/// `1.234,5` → 1234.5, `3,14` → 3.14. Nil if the groups are not a number: `1,2,3`.
///
/// One comma before exactly three digits separates thousands, unless it follows a zero.
/// - Parameters:
///   - groups: Runs of digits.
///   - connectors: Commas and points between the groups.
func canonicalNumber(_ groups: [String], _ connectors: [Connector]) -> String? {
    guard let last = connectors.last, let fraction = groups.last, connectors.count + 1 == groups.count else {
        return nil
    }
    if connectors.allSatisfy({ $0 == last }) {
        if last == .comma, isGrouped(groups[...]) { return groups.joined() }
        return groups.count == 2 ? groups.joined(separator: ".") : nil
    }
    let whole = groups.dropLast()
    guard let separator = connectors.first, connectors.dropLast().allSatisfy({ $0 == separator }), isGrouped(whole)
    else { return nil }
    return whole.joined() + "." + fraction
}

private func isGrouped(_ groups: ArraySlice<String>) -> Bool {
    guard let first = groups.first, first.utf8.count <= 3, !first.hasPrefix("0") else { return false }
    return groups.dropFirst().allSatisfy { $0.utf8.count == 3 }
}
