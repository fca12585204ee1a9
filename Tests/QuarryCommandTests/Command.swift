import Foundation

/// Runs the built `quarry` in a process.
struct Command {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The program next to the test bundle.
    static var executable: URL {
        URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("quarry")
    }

    /// The folder of the package.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What all commands of a test run remember.
    private static let state = FileManager.default.temporaryDirectory.appendingPathComponent(
        "quarry-state-\(ProcessInfo.processInfo.processIdentifier)")

    /// Isolates the tests from the user's configuration, proxy, answer cache and known servers. Empty variables count as
    /// not set.
    static let isolation = [
        "XDG_STATE_HOME": state.path, "XDG_CONFIG_HOME": "/nonexistent", "QUARRY_CONFIG": "", "QUARRY_CACHE": "false",
        "QUARRY_PROXY": "none",
        "QUARRY_MODEL": "", "QUARRY_LLM": "", "QUARRY_RERANK": "", "QUARRY_READER_MODEL": "", "QUARRY_LOCAL_ONLY": "",
        "QUARRY_MAX_COST": "",
        "QUARRY_MAX_TOKENS": "", "QUARRY_TRANSCRIBE": "", "QUARRY_DESCRIBE_IMAGES": "",
    ]

    private static let spawning = NSLock()

    static func start(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], input: Pipe? = nil,
        output: Any? = nil, errors: Any? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(isolation) { $1 }.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = errors ?? FileHandle.nullDevice
        // Foundation's process learns of its end through a socket, which a child that starts at the same moment keeps open.
        spawning.lock()
        defer { spawning.unlock() }
        try process.run()
        return process
    }

    static func run(
        _ arguments: String..., in folder: URL? = nil, environment: [String: String] = [:], input: [UInt8]? = nil
    ) throws -> Outcome {
        try run(arguments, in: folder, environment: environment, input: input)
    }

    static func run(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], input: [UInt8]? = nil
    ) throws -> Outcome {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("quarry-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (output, errors) = (scratch.appendingPathComponent("out"), scratch.appendingPathComponent("err"))
        try Data().write(to: output)
        try Data().write(to: errors)
        let pipe = input.map { _ in Pipe() }
        let process = try start(
            arguments, in: folder, environment: environment, input: pipe,
            output: try FileHandle(forWritingTo: output), errors: try FileHandle(forWritingTo: errors))
        if let input, let pipe {
            try pipe.fileHandleForWriting.write(contentsOf: Data(input))
            try pipe.fileHandleForWriting.close()
        }
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
