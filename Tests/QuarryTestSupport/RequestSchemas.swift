import Foundation

/// The providers' own descriptions of their interfaces, and what judges requests by them.
package enum RequestSchemas {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Where the descriptions lie: in a folder `shared` beside the package or beside one of the folders it is in; nil
    /// where there is none.
    private static let folder: URL? = {
        var folder = package
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "shared/apis/specs")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    package static var canValidate: Bool {
        get async { folder == nil ? false : await PythonScript.canImport("jsonschema") }
    }
    /// What ``canValidate`` wants, for the reason of a skip.
    package static let needs = "needs ../shared/apis/specs and a python3 with the package jsonschema"

    /// What is wrong with a request's body; empty where nothing is.
    ///
    /// - Parameters:
    ///   - file: The description's name.
    ///   - schema: A schema's name, its place in the file, or the operation whose request it is.
    package static func complaints(about body: [UInt8], file: String, schema: String) async throws -> String {
        guard let folder else { throw TestSupportFailure("The descriptions are missing: \(needs).") }
        let script = PythonScript(path: supportPath("validate_request.py"))
        let result = try await script.run([folder.appending(path: file).path, schema], input: body)
        return result.succeeded ? "" : "invalid: \(result.output)"
    }
}
