import Foundation

/// A model as `quarry models pull` installs it.
public struct InstalledModel: Sendable {
    public var name: String
    public var directory: String

    /// nil, after saying so on standard error, where the model is not installed.
    public init?(_ name: String) {
        let directory = URL.homeDirectory.appending(path: ".cache/quarry/models").appending(path: name)
        guard FileManager.default.fileExists(atPath: directory.path(percentEncoded: false)) else {
            let note =
                "SKIPPED: benchmarks of \(name), which is not installed. Install it: quarry models pull \(name)\n"
            FileHandle.standardError.write(Data(note.utf8))
            return nil
        }
        self.name = name
        self.directory = directory.path(percentEncoded: false)
    }
}
