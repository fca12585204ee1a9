package import Foundation
package import QuarryCore
import QuarryIndex

/// The measured embedding speed of a model on a machine.
package struct SpeedMeasurement: Sendable, Hashable, Codable {
    /// `provider/model`.
    package var model: String
    package var tokensPerSecond: Double
    package var texts: Int
    package var tokens: Int
    /// The time for all texts.
    package var seconds: Double
    /// ISO 8601.
    package var date: String
    /// For example `x86_64, 2 processors, Linux`.
    package var machine: String

    package init(
        model: String, tokensPerSecond: Double, texts: Int, tokens: Int, seconds: Double, date: String, machine: String
    ) {
        self.model = model
        self.tokensPerSecond = tokensPerSecond
        self.texts = texts
        self.tokens = tokens
        self.seconds = seconds
        self.date = date
        self.machine = machine
    }

    /// Measures the time to embed texts of the length of passages. Short texts take less time for each token.
    ///
    /// - `model`: `provider/model`, the key of the measurement.
    /// - `counter`: Counts the tokens, without prefixes and without text that the model cuts off.
    /// - `count`: The number of texts. The default is 64.
    /// - `length`: The tokens of a text. The default is the usual length of a passage.
    /// - `rounds`: The number of rounds, at least 1. The fastest counts. The default is 2.
    /// - `warmsUp`: Whether to embed a text first. The default is true.
    package static func measuring(
        _ embedder: any Embedder, model: String, counter: any TokenCounter, count: Int = 64,
        length: Int = IndexSettings.Chunking().target, rounds: Int = 2, warmsUp: Bool = true, now: Date = Date()
    ) async throws -> SpeedMeasurement {
        let maximum = embedder.fingerprint.maximumTokens
        let texts = sampleTexts(count, tokens: min(length, maximum), counter: counter)
        let tokens = texts.reduce(0) { $0 + min(maximum, counter.tokenCount(of: $1)) }
        let clock = ContinuousClock()
        if warmsUp { _ = try await embedder.embed(Array(texts.prefix(1)), as: .passage) }
        var best = Double.infinity
        for _ in 0..<max(1, rounds) {
            let start = clock.now
            _ = try await embedder.embed(texts, as: .passage)
            let passed = clock.now - start
            best = min(best, Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18)
        }
        return SpeedMeasurement(
            model: model, tokensPerSecond: Double(tokens) / best, texts: texts.count, tokens: tokens, seconds: best,
            date: now.formatted(.iso8601.year().month().day()), machine: currentMachine)
    }

    /// Passages of a given length, alternately in English and Russian. All begin with different words.
    static func sampleTexts(_ count: Int, tokens: Int, counter: any TokenCounter) -> [String] {
        let english = [
            "The harbour master keeps a log of every vessel that enters after dusk.",
            "Two lamps on the eastern pier were replaced in spring, and the third is due next year.",
            "Anyone who moors overnight pays by the metre and shows the papers of the boat.",
            "When fog is announced, the bell rings three times and the ferry waits.",
        ]
        let russian = [
            "Смотритель записывает каждое судно, которое входит в гавань после заката.",
            "Две лампы на восточном причале заменили весной, третью заменят через год.",
            "За ночную стоянку платят по длине лодки и предъявляют её документы.",
            "Если объявлен туман, колокол звонит трижды, а паром остаётся у берега.",
        ]
        return (0..<count).map { number in
            let sentences = number.isMultiple(of: 2) ? english : russian
            var text = "\(number + 1)."
            for next in 0..<max(1, tokens) {
                let longer = "\(text) \(sentences[(next + number / 2) % sentences.count])"
                guard next == 0 || counter.tokenCount(of: longer) <= tokens else { break }
                text = longer
            }
            return text
        }
    }

    /// A description of this machine: architecture, processors, system.
    package static var currentMachine: String {
        #if arch(x86_64)
            let architecture = "x86_64"
        #elseif arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "unknown architecture"
        #endif
        #if os(Linux)
            let system = "Linux"
        #else
            let system = "macOS"
        #endif
        let count = ProcessInfo.processInfo.activeProcessorCount
        return "\(architecture), \(count) \(count == 1 ? "processor" : "processors"), \(system)"
    }
}

/// A JSON file of measured speeds, by model and machine.
package struct SpeedRecord: Sendable, Hashable, Codable {
    package private(set) var schema = "quarry.speeds/1"
    /// In the order of their models' names.
    package private(set) var measurements: [SpeedMeasurement] = []

    package init() {}

    /// The measurement of a model on a machine.
    package func measurement(of model: String, on machine: String = SpeedMeasurement.currentMachine)
        -> SpeedMeasurement?
    {
        measurements.first { $0.model == model && $0.machine == machine }
    }

    /// Adds a measurement, or replaces that of the same model and machine.
    package mutating func add(_ measurement: SpeedMeasurement) {
        measurements.removeAll { $0.model == measurement.model && $0.machine == measurement.machine }
        measurements.append(measurement)
        measurements.sort { ($0.model, $0.machine) < ($1.model, $1.machine) }
    }

    /// Reads the file. A missing file gives an empty record.
    /// - Throws: ``SpeedRecordError`` if the file is invalid.
    package init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            self = try JSONDecoder().decode(SpeedRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw SpeedRecordError(
                description: "\(path) is not a valid file of measured speeds. Delete it, and measure again.")
        }
    }

    /// Writes the file atomically, and creates its folder.
    package func write(to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: url, options: .atomic)
    }
}

/// A file of measured speeds cannot be read.
package struct SpeedRecordError: Error, Sendable, CustomStringConvertible {
    package var description: String
}
