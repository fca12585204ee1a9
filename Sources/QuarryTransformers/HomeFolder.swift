package import Foundation

extension ProcessInfo {
    /// The user's home folder: `$HOME`, or else the folder in the system's list of users.
    package var homeFolder: String {
        guard let home = environment["HOME"], home.hasPrefix("/") else { return NSHomeDirectory() }
        return home.count > 1 && home.hasSuffix("/") ? String(home.dropLast()) : home
    }
}
