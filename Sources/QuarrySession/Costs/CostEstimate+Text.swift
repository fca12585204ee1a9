package import Foundation
import QuarryProviders

extension CostEstimate: CustomStringConvertible {
    /// Two or three lines for people.
    package var description: String { lines.joined(separator: "\n") }

    /// `cost: …`, `time: …`, and a line `over budget: …` if the run would exceed the budget.
    package var lines: [String] {
        var lines = ["cost: \(costText)", "time: \(timeText)"]
        if let exceeds { lines.append("over budget: this exceeds \(exceeds), so the run would stop early") }
        return lines
    }

    private var costText: String {
        if texts == 0 { return "nothing (no text to embed)" }
        guard let cost, let price else {
            return
                "unknown, because the price of \(model) is unknown (\(tokens) tokens in at least \(requests) requests). "
                + "Add the price under models: in the configuration"
        }
        if cost == 0 {
            return dataLeavesMachine ? "nothing (\(model) is free)" : "nothing (\(model) runs on this machine)"
        }
        let rate = price.inputPerMillion.map { " at $\($0) per million" } ?? ""
        let since = price.asOf.map { ", as of \($0)" } ?? ""
        return "about $\(MoneyText.shown(cost)) for \(tokens) tokens of \(model)\(rate)\(since)"
    }

    private var timeText: String {
        guard let seconds, let timeBasis else { return texts == 0 ? "none" : "unknown" }
        return switch timeBasis {
        case .measurement: "about \(DurationText.shown(seconds)) (measured on this machine)"
        case .sample: "about \(DurationText.shown(seconds)) (measured now on a few texts)"
        case .assumption: "about \(DurationText.shown(seconds)) (if a request takes a second; not measured yet)"
        case .limits: "at least \(DurationText.shown(seconds)) (the provider's limits)"
        }
    }
}

/// Amounts of US dollars for people.
package enum MoneyText {
    /// Two decimals, or two significant digits for small amounts: `12.35`, `0.0042`.
    package static func shown(_ amount: Decimal) -> String {
        var digits = 2
        var probe = amount
        while probe > 0, probe < Decimal(string: "0.1") ?? 0, digits < 12 {
            probe *= 10
            digits += 1
        }
        var amount = amount
        var rounded = Decimal()
        NSDecimalRound(&rounded, &amount, digits, .plain)
        return "\(rounded)"
    }
}

/// Durations for people.
package enum DurationText {
    /// `0.4 s`, `35 s`, `12 min`, `3.5 h`.
    package static func shown(_ seconds: Double) -> String {
        func decimal(_ value: Double, _ digits: Int) -> String {
            String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
        }
        if seconds < 9.95 { return "\(decimal(seconds, 1)) s" }
        if seconds < 119.5 { return "\(decimal(seconds, 0)) s" }
        if seconds < 5_970 { return "\(decimal(seconds / 60, 0)) min" }
        return "\(decimal(seconds / 3600, 1)) h"
    }
}
