import Foundation

/// The output of a TREC run: a file, or standard output for `-`.
///
/// The file is opened before the work starts, so that an error comes first. Its content stays until the run is written.
final class RunFile {
    private let path: String
    /// Nil for standard output.
    private let descriptor: Int32?
    /// Whether the file is new and still empty.
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

/// A run file that cannot be written.
struct RunFileError: Error, CustomStringConvertible {
    var description: String

    /// - Parameter error: The system's error number; the default is `errno`.
    init(path: String, error: Int32 = errno) {
        description = "\(path) cannot be written: \(String(cString: strerror(error))). Choose another file with --run."
    }
}
