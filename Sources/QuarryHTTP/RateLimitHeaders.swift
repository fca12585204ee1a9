/// One of a provider's rate limits, as the header fields of a response state it.
package struct RateLimitReading: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case requests
        /// Input and output together.
        case tokens
        case inputTokens = "input-tokens"
        case outputTokens = "output-tokens"
    }

    package var kind: Kind
    package var limit: Double?
    package var remaining: Double?
    /// The time until the full limit is available again.
    package var reset: Duration?

    package init(kind: Kind, limit: Double? = nil, remaining: Double? = nil, reset: Duration? = nil) {
        self.kind = kind
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }

    /// The readings in header fields: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`,
    /// `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, and
    /// `X-RateLimit-{Limit,Remaining,Reset}`, which count requests. Negative numbers are ignored.
    ///
    /// - `date`: The time in seconds since 1970, for resets that are dates.
    package static func readings(in headers: HTTPHeaders, at date: Double) -> [RateLimitReading] {
        Kind.allCases.compactMap { kind in
            var reading = RateLimitReading(kind: kind)
            for (prefix, suffix) in names(of: kind) {
                func value(_ field: String) -> String? { headers.wire(prefix + field + suffix) }
                reading.limit = reading.limit ?? value("limit").flatMap(number)
                reading.remaining = reading.remaining ?? value("remaining").flatMap(number)
                reading.reset = reading.reset ?? value("reset").flatMap { duration($0, at: date) }
            }
            return reading.limit == nil && reading.remaining == nil ? nil : reading
        }
    }

    private static func names(of kind: Kind) -> [(prefix: String, suffix: String)] {
        let plain = [("x-ratelimit-", "-\(kind.rawValue)"), ("anthropic-ratelimit-\(kind.rawValue)-", "")]
        return kind == .requests ? plain + [("x-ratelimit-", "")] : plain
    }

    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// A duration: `6m0s` in Go's notation, seconds, seconds since 1970, or a date of RFC 3339.
    package static func duration(_ text: String, at date: Double) -> Duration? {
        if let number = number(text) { return .seconds(min(max(0, number > 1e9 ? number - date : number), 1e9)) }
        if let duration = goDuration(text) { return duration }
        return rfc3339(text).map { .seconds(min(max(0, $0 - date), 1e9)) }
    }

    /// A duration in the notation of Go's `time.ParseDuration`; nil if it is malformed or negative.
    package static func goDuration(_ text: String) -> Duration? {
        let units: [Substring: Double] = [
            "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9,
        ]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(digits), let seconds = units[unit] else { return nil }
            total += value * seconds
        }
        return total.isFinite && total < 1e9 ? .seconds(total) : nil
    }

    /// Seconds since 1970 of a date such as `2026-11-22T05:00:00.25Z`, or with an offset such as `+02:00`.
    package static func rfc3339(_ text: String) -> Double? {
        var bytes = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int? {
            guard bytes.count >= count else { return nil }
            let part = bytes.prefix(count)
            bytes = bytes.dropFirst(count)
            guard part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func mark(_ marks: String) -> UInt8? {
            guard let byte = bytes.first, marks.utf8.contains(byte) else { return nil }
            bytes = bytes.dropFirst()
            return byte
        }
        guard let year = digits(4), mark("-") != nil, let month = digits(2), mark("-") != nil, let day = digits(2),
            mark("Tt ") != nil, let hour = digits(2), mark(":") != nil, let minute = digits(2), mark(":") != nil,
            let second = digits(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction = 0.0
        if mark(".") != nil {
            let part = bytes.prefix { (0x30...0x39).contains($0) }
            guard let value = Double("0." + String(decoding: part, as: UTF8.self)), !part.isEmpty else { return nil }
            fraction = value
            bytes = bytes.dropFirst(part.count)
        }
        var offset = 0
        if mark("Zz") == nil {
            guard let sign = mark("+-"), let hours = digits(2), mark(":") != nil, let minutes = digits(2) else {
                return nil
            }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
        }
        guard bytes.isEmpty else { return nil }
        // Days since 1970 of a date (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }
}
