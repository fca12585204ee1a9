import Foundation
import QuarryProviders

/// Gets a key from another program, such as a password manager.
///
/// The program runs without a shell and without input. The first line of its output is the key, and its errors are
/// discarded. Its output is never shown.
package struct KeyCommand: Sendable {
    /// The default is 30 s: a password manager may have to ask the user first.
    package var timeout: Duration
    /// The limit on the output.
    static let maximumBytes = 1 << 16

    package init(timeout: Duration = .seconds(30)) {
        self.timeout = timeout
    }

    /// - `environment`: The environment of the program. Its `PATH` is used to find the program.
    /// - Throws: ``KeyCommandError``.
    func key(from words: [String], environment: [String: String]) async throws -> APIKey {
        guard let name = words.first else { throw KeyCommandError("the command is empty.") }
        guard let program = Self.find(name, environment["PATH"] ?? "/usr/bin:/bin") else {
            throw KeyCommandError("there is no program “\(name)”.")
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
            throw KeyCommandError("the first line of “\(name)” is not a key.")
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
        let late = KeyCommandError("“\(name)” took longer than \(timeout).")
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
                throw KeyCommandError("“\(name)” writes more than \(maximumBytes) bytes, which is not a key.")
            }
        }
        while process.isRunning {
            guard clock.now < deadline else { throw late }
            usleep(2_000)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw KeyCommandError(
                "“\(name)” ended with status \(process.terminationStatus).")
        }
        return output
    }

    private static func end(_ process: Process) {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<50 where process.isRunning { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Finds a program like a shell.
    private static func find(_ name: String, _ path: String) -> String? {
        let files = FileManager.default
        if name.contains("/") { return files.isExecutableFile(atPath: name) ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { files.isExecutableFile(atPath: $0) }
    }
}

/// A program that did not return a key. The description never contains its output.
struct KeyCommandError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
