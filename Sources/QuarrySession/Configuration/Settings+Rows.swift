package import Foundation
import Quarry
import QuarryProviders

/// A setting for display, without secrets.
package struct SettingRow: Sendable, Hashable {
    package enum Value: Sendable, Hashable, Encodable {
        case unset
        case text(String)
        case number(Decimal)
        case flag(Bool)
        case list([String])

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .unset: try container.encodeNil()
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            case .list(let list): try container.encode(list)
            }
        }
    }

    /// `budget.cost`
    package var key: String
    package var value: Value
    package var origin: SettingOrigin

    /// What an unset setting means.
    private static let defaults = [
        "model": LocalModelCatalog.defaultModelName, "llm": "none (answers are quoted)", "budget.cost": "unlimited",
        "budget.tokens": "unlimited", "timeouts.connect": "by task", "timeouts.firstByte": "by task",
        "timeouts.idle": "by task", "timeouts.total": "by task", "certificateAuthorities": "of the system",
    ]

    /// `key: value`, as in the file. An unset setting shows its meaning instead.
    package var text: String {
        switch value {
        case .unset: "\(key): \(Self.defaults[key] ?? "none")"
        case .text(let text): "\(key): \(text)"
        case .number(let number): "\(key): \(number)"
        case .flag(let flag): "\(key): \(flag)"
        case .list(let list): list.count == 1 ? "\(key): \(list[0])" : "\(key): [\(list.joined(separator: ", "))]"
        }
    }
}

extension SettingRow: Encodable {
    private enum CodingKeys: CodingKey { case key, value, origin }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
        try container.encode(value, forKey: .value)
        try container.encode(origin.description, forKey: .origin)
    }
}

extension Settings {
    /// All settings with their origins, including unset ones. Keys are `<redacted>`.
    package var rows: [SettingRow] {
        func row<Value>(
            _ key: String, _ setting: Setting<Value>?, _ shown: (Value) -> SettingRow.Value
        ) -> SettingRow {
            SettingRow(key: key, value: setting.map { shown($0.value) } ?? .unset, origin: setting?.origin ?? .builtIn)
        }
        func seconds(_ value: Double) -> SettingRow.Value { .number(Decimal(string: "\(value)") ?? Decimal(value)) }
        var rows = [
            row("model", model) { .text(Self.shown($0)) },
            row("llm", llm) { .list($0.map(Self.shown)) },
            row("rerank", rerank) { .text(Self.shown($0)) },
            row("readerModel", readerModel) { .text($0) },
            row("window", window) { .text($0.description) },
            row("fusion", fusion) { .text($0.written) },
            row("transcribe", transcribe) { .text(Self.shown($0)) },
            row("describeImages", describeImages) { .text(Self.shown($0)) },
            row("localOnly", localOnly) { .flag($0) },
            row("proxy", proxy) { .text($0.description) },
            row("certificateAuthorities", certificateAuthorities) { .text($0) },
            row("timeouts.connect", connectTimeout, seconds),
            row("timeouts.firstByte", firstByteTimeout, seconds),
            row("timeouts.idle", idleTimeout, seconds),
            row("timeouts.total", totalTimeout, seconds),
            row("budget.cost", maximumCost) { .number($0) },
            row("budget.tokens", maximumTokens) { .number(Decimal($0)) },
            row("cache.answers", cacheAnswers) { .flag($0) },
            row("cache.semantic", semanticThreshold) { $0.map(seconds) ?? .flag(false) },
            row("cache.directory", cacheDirectory) { .text($0) },
            row("cache.maximumMegabytes", cacheMegabytes) { .number(Decimal($0)) },
        ]
        for (name, command) in converters.sorted(by: { $0.key < $1.key }) {
            rows.append(row("converters.\(name)", command) { .list($0) })
        }
        for provider in providers {
            let origin = addresses[provider.name]?.origin ?? providerPositions[provider.name].map { .file($0) }
            if let origin {
                rows.append(
                    SettingRow(
                        key: "providers.\(provider.name)", value: .text(RedactedURL.text(of: provider.baseURL)),
                        origin: origin))
            }
        }
        for provider in providers {
            if let key = keyOrigin(for: provider) {
                rows.append(
                    SettingRow(key: "keys.\(provider.name)", value: .text("<redacted>"), origin: key.origin))
            }
        }
        return rows
    }

    /// A model's name, or its server's address without secrets.
    private static func shown(_ model: String) -> String {
        model.contains("://") ? RedactedURL.text(of: model) : model
    }
}

extension Settings: CustomStringConvertible, CustomReflectable {
    /// The rows with their origins. No textual form of settings contains a key.
    package var description: String { rows.map { "\($0.text)  # \($0.origin)" }.joined(separator: "\n") }

    package var customMirror: Mirror { Mirror(self, children: ["rows": rows]) }
}
