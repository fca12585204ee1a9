import Foundation
import QuarrySession

/// Files of a test, by path.
struct InMemoryFiles {
    var texts: [String: String] = [:]
    var permissions = 0o644
    var ownerID: UInt32 = 1000

    var access: FileAccess {
        FileAccess(userID: 1000) { path in
            texts[path].map {
                FileAccess.Content(
                    bytes: Array($0.utf8), permissions: permissions, ownerID: ownerID,
                    modified: Date(timeIntervalSince1970: 1_795_000_000))
            }
        }
    }

    static let path = "/home/ilves/.config/quarry/config.yaml"

    /// Settings from one file at the default location.
    static func settings(
        _ yaml: String?, flags: SettingFlags = .init(), environment: [String: String] = [:], permissions: Int = 0o644,
        ownerID: UInt32 = 1000
    ) throws -> Settings {
        let files = InMemoryFiles(texts: yaml.map { [path: $0] } ?? [:], permissions: permissions, ownerID: ownerID)
        return try Settings.load(
            flags: flags, environment: environment, home: "/home/ilves", files: files.access)
    }

    /// The problems of a file, without its folder.
    static func problems(_ yaml: String, permissions: Int = 0o644, ownerID: UInt32 = 1000) -> [String] {
        do {
            _ = try settings(yaml, permissions: permissions, ownerID: ownerID)
            return []
        } catch let error as ConfigurationError {
            return error.problems.map {
                $0.description.replacingOccurrences(of: "/home/ilves/.config/quarry/", with: "")
            }
        } catch {
            return ["\(error)"]
        }
    }
}
