import Foundation
import GRDB
import QuarrySQLite

extension CorpusIndex {
    /// The absolute paths of the folders of the index, and of its files outside these folders, with the options of the
    /// last run that named them.
    ///
    /// Sources of an import that no run has named are not among them, and neither are texts without a file, such as standard
    /// input. Of web sites it has the addresses that were given.
    public func knownInputs() async throws -> (
        folders: [String: InputOptions], files: [String: InputOptions], sites: [String]
    ) {
        let (stored, selections) = try await read { db in
            (try StoredInputs(db), try InputSelections(in: db))
        }
        let folders = Set(stored.folders.map(\.path))
        let files = stored.sources.filter { $0.root != nil }.compactMap(\.path)
            .filter { enclosing($0).allSatisfy { !folders.contains($0) } }
        return (
            Dictionary(stored.folders.map { ($0.path, selections[$0.name]) }, uniquingKeysWith: { first, _ in first }),
            Dictionary(files.map { ($0, selections[$0]) }, uniquingKeysWith: { first, _ in first }),
            Set(stored.sources.compactMap(\.page?.site)).sorted()
        )
    }

    /// Stores the options of a run for its folders and files.
    func remember(_ options: [String: InputOptions]) throws {
        let stored = try translatingErrors(path: path) { try pool.read { try InputSelections(in: $0) } }
        var selections = stored
        for (name, options) in options { selections[name] = options }
        guard selections != stored else { return }
        let changed = selections
        try writeNow { try changed.store(in: $0) }
    }
}

/// The options of the last run of each input: by the name of a folder in the index, or the path of a file. Inputs with
/// the default options are left out.
struct InputSelections: Sendable, Hashable {
    private(set) var options: [String: InputOptions] = [:]

    init(in db: Database) throws {
        guard let json = try SettingsTable.string(SettingsTable.selections, in: db) else { return }
        do {
            options = try JSONDecoder().decode([String: InputOptions].self, from: Data(json.utf8))
        } catch {
            throw StoredValueError(
                place: "settings, row \(SettingsTable.selections)", reason: "it is not the options of inputs")
        }
    }

    func store(in db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(options), as: UTF8.self)
        try SettingsTable.set(SettingsTable.selections, to: json, in: db)
    }

    subscript(name: String) -> InputOptions {
        get { options[name] ?? InputOptions() }
        set { options[name] = newValue == InputOptions() ? nil : newValue }
    }
}
