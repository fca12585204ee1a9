import ArgumentParser
import Quarry
import QuarrySession

/// A condition on metadata, such as `year>=2024 and lang=ru`.
struct FilterArgument {
    var filter: Filter

    /// - Throws: `ValidationError` that names what cannot be read.
    init(_ argument: String) throws {
        do {
            filter = try FilterExpression(argument).filter
        } catch {
            throw ValidationError(error.description)
        }
    }
}
