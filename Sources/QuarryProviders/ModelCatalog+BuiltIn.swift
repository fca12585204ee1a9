import Foundation

extension ModelCatalog {
    /// The cards that come with Quarry. Their facts are as old as each card says.
    public static let builtIn = ModelCatalog(builtInFile?.cards ?? [])

    /// The data file that is compiled in; nil only for a file that is no catalogue, which a test rules out.
    package static let builtInFile = try? JSONDecoder().decode(
        CatalogFile.self, from: Data(PackageResources.models_json))
}

/// A dated file of cards.
package struct CatalogFile: Sendable, Codable {
    /// `quarry.catalogue/1`.
    package var schema: String
    /// Day on which the file was last gone through, ISO 8601.
    package var asOf: String
    package var cards: [ModelCard]
}
