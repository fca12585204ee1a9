/// All problems of a configuration, in the order of the file.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// `config.yaml:3:7`, or the name of a flag or variable.
        public var place: String
        /// A sentence for a person. It never contains a key.
        public var message: String

        public init(_ place: String, _ message: String) {
            self.place = place
            self.message = message
        }

        public var description: String { "\(place): \(message)" }
    }

    /// At least one.
    public var problems: [Problem]

    public init(_ problems: [Problem]) {
        self.problems = problems
    }

    init(_ place: String, _ message: String) {
        problems = [Problem(place, message)]
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
