import Foundation

/// Where a TREC run goes: a file, or standard output for `-`.
///
/// The file is opened before the work begins, so that nobody works for a file that cannot be written. What it holds
/// stays until there is a run to write.
final class RunFile {
    private let path: String
    /// Nil for standard output.
    private let descriptor: Int32?
    /// Whether the file was made for the run, and holds nothing yet.
    private var isFresh = false

    init(path: String) throws {
        self.path = path
        guard path != "-" else {
            descriptor = nil
            return
        }
        var descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT {
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            isFresh = descriptor >= 0
        }
        guard descriptor >= 0 else { throw RunFileError(path: path) }
        self.descriptor = descriptor
    }

    deinit {
        guard let descriptor else { return }
        close(descriptor)
        if isFresh { unlink(path) }
    }

    /// The name for people.
    var name: String { descriptor == nil ? "standard output" : path }

    func write(_ text: String) throws {
        guard let descriptor else {
            try Console.print(text, terminator: "")
            return
        }
        isFresh = false
        // Pipes and devices have no length.
        _ = ftruncate(descriptor, 0)
        if let error = Console.send(text, to: descriptor) { throw RunFileError(path: path, error: error) }
    }
}

/// The file of a run cannot be written.
struct RunFileError: Error, CustomStringConvertible {
    var description: String

    /// - Parameter error: The system's; the last one unless it is given.
    init(path: String, error: Int32 = errno) {
        description = "\(path) cannot be written: \(String(cString: strerror(error))). Name another file with --run."
    }
}
