import Foundation

extension ModelCatalog {
    /// The built-in cards. Each card has the day of its facts.
    public static let builtIn = ModelCatalog(builtInFile?.cards ?? [])

    /// The compiled-in data file. Nil only if it cannot be decoded; a test checks that it can.
    package static let builtInFile = try? JSONDecoder().decode(
        CatalogFile.self, from: Data(PackageResources.models_json))
}

/// A file of cards.
package struct CatalogFile: Sendable, Codable {
    /// `quarry.catalogue/1`.
    package var schema: String
    /// The day of the last review of the file, ISO 8601.
    package var asOf: String
    package var cards: [ModelCard]
}
