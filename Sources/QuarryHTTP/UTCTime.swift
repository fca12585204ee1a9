import Foundation

/// Formats points in time for a person.
package enum UTCTime {
    /// Such as `2026-11-22 21:00:00 UTC`.
    package static func text(secondsSince1970 seconds: Double) -> String {
        let date = Date(timeIntervalSince1970: min(max(seconds, -6e10), 2.5e11))
        let style = Date.ISO8601FormatStyle.iso8601.year().month().day().dateTimeSeparator(.space)
        return date.formatted(style.time(includingFractionalSeconds: false)) + " UTC"
    }
}
