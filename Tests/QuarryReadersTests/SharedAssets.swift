import Foundation

/// The folder of shared assets beside the package, which is not part of it.
enum SharedAssets {
    static let path =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/shared/eval"

    static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
}

extension SharedAssets {
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
    }
}
