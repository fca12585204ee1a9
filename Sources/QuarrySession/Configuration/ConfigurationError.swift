/// All problems of a configuration, in the order of the file.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// `config.yaml:3:7`, or the name of a flag or variable.
        package var place: String
        /// A sentence for a person. It never contains a key.
        package var message: String

        package init(_ place: String, _ message: String) {
            self.place = place
            self.message = message
        }

        package var description: String { "\(place): \(message)" }
    }

    /// At least one.
    package var problems: [Problem]

    package init(_ problems: [Problem]) {
        self.problems = problems
    }

    init(_ place: String, _ message: String) {
        problems = [Problem(place, message)]
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
