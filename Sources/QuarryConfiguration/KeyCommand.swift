import Foundation
import QuarryProviders

/// Asks another program, such as a password manager, for a key.
///
/// The program runs without a shell, reads nothing, and what it writes is seen by nobody: the first line of its output
/// is the key, its errors are dropped.
public struct KeyCommand: Sendable {
    /// The default is 30 s: a password manager may have to ask its owner first.
    public var timeout: Duration
    /// Longer output is no key.
    static let maximumBytes = 1 << 16

    public init(timeout: Duration = .seconds(30)) {
        self.timeout = timeout
    }

    /// - Parameter environment: What the program sees; its `PATH` finds the program.
    /// - Throws: ``KeyCommandError``.
    func key(from words: [String], environment: [String: String]) async throws -> APIKey {
        guard let name = words.first else { throw KeyCommandError("the command is empty.") }
        guard let program = Self.find(name, environment["PATH"] ?? "/usr/bin:/bin") else {
            throw KeyCommandError("there is no program “\(name)”. Install it, or write its whole path.")
        }
        let timeout = timeout
        let output = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<[UInt8], any Error>) in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try Self.output(
                            of: program, name, Array(words.dropFirst()), environment: environment, within: timeout)
                    })
            }
        }
        let line = output.prefix { $0 != 0x0A && $0 != 0x0D }
        guard let text = String(validating: line, as: UTF8.self),
            let key = APIKey(text.trimmingCharacters(in: .whitespaces))
        else {
            throw KeyCommandError("“\(name)” wrote no key on its first line.")
        }
        return key
    }

    private static func output(
        of program: String, _ name: String, _ arguments: [String], environment: [String: String],
        within timeout: Duration
    ) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        do {
            try process.run()
        } catch {
            throw KeyCommandError("“\(name)” cannot be started: \(error.localizedDescription)")
        }
        defer { end(process) }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: timeout)
        let late = KeyCommandError("“\(name)” took longer than \(timeout). Run it by hand to see what it waits for.")
        var output: [UInt8] = []
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        while true {
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = clock.now.duration(to: deadline)
            guard left > .zero else { throw late }
            let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
            let ready = poll(&item, 1, Int32(clamping: min(milliseconds + 1, 1_000)))
            if ready <= 0 { continue }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += piece.prefix(count)
            guard output.count <= maximumBytes else {
                throw KeyCommandError("“\(name)” writes more than \(maximumBytes) bytes, so it is no key.")
            }
        }
        while process.isRunning {
            guard clock.now < deadline else { throw late }
            usleep(2_000)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw KeyCommandError(
                "“\(name)” ended with \(process.terminationStatus). Run it by hand to see what it says.")
        }
        return output
    }

    private static func end(_ process: Process) {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<50 where process.isRunning { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// A program as the shell would find it, without asking a shell.
    private static func find(_ name: String, _ path: String) -> String? {
        let files = FileManager.default
        if name.contains("/") { return files.isExecutableFile(atPath: name) ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { files.isExecutableFile(atPath: $0) }
    }
}

/// A program brought no key. Never holds what it wrote.
struct KeyCommandError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
