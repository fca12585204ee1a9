import ArgumentParser
import Foundation
import Quarry
import QuarrySession
import QuarryTransformers

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(
        name: .shortAndLong,
        help: "Print no progress, no notes and no summary: only answers, requested JSON and errors.")
    var quiet = false

    /// Prints a note to standard error, unless the output is quiet.
    func note(_ text: String) {
        if !quiet { Console.note(text) }
    }

    /// Says who updates an index while this program waits for it.
    func noteWaiting(for process: Int32?, with index: String) {
        let holder = process.map { "process \($0)" } ?? "another process"
        note("\(index) is being updated by \(holder). Waiting for it to finish (^C stops waiting).")
    }

    func noteSimilarQuestion(of reply: QueryReply) {
        guard let earlier = reply.similarQuestion else { return }
        let similarity = Format.decimal(earlier.similarity, digits: 3)
        note("note: this is the cached answer to “\(earlier.question)” (similarity \(similarity))")
    }
}

extension ModelStore {
    /// The local models of the user who runs this program.
    static var local: ModelStore {
        ModelStore(environment: ProcessInfo.processInfo.environment, home: ProcessInfo.processInfo.homeFolder)
    }
}

/// Formats numbers for people.
enum Format {
    static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(decimal(value, digits: value < 10 ? 1 : 0)) \(units[unit])"
    }

    static func decimal(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }

    static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
    }
}

/// Encodes values as JSON with sorted keys, so that equal values give equal bytes.
enum JSONOutput {
    /// Escapes all control characters, so that the text is safe on a terminal.
    static func string(_ value: some Encodable, pretty: Bool) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// JSON requires escapes below U+0020 only, but terminals also obey others.
    static func escaped(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: \.isTerminalControl) else { return json }
        var text = ""
        for scalar in json.unicodeScalars {
            if scalar.isTerminalControl {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
