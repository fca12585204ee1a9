import Subprocess

/// What a program wrote, and how it ended.
package struct ProgramOutput: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case status(Int32)
        case signal(Int32)

        init(_ status: TerminationStatus) {
            switch status {
            case .exited(let code): self = .status(code)
            case .signaled(let code): self = .signal(code)
            }
        }
    }

    package var end: End
    package var bytes: [UInt8]
    /// The last 64 KiB of its standard error.
    package var errors: [UInt8]

    package var succeeded: Bool { end == .status(0) }
}

extension ProgramOutput.End: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(let code): "status \(code)"
        case .signal(let code): "signal \(code)"
        }
    }
}

/// A program that was not started, was stopped at a limit, or could not be read.
package struct ProgramError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case notStarted
        case tooLong
        case tooMuchOutput
        case failed
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: SubprocessError, program: String, limits: ProgramLimits) {
        let reason = error.underlyingError.map { "\($0)" } ?? "\(error)"
        switch error.code {
        case .outputLimitExceeded:
            self.init(.tooMuchOutput, "“\(program)” writes more than \(limits.outputBytes) bytes.")
        case .spawnFailed, .executableNotFound, .failedToChangeWorkingDirectory:
            self.init(.notStarted, "“\(program)” cannot be started: \(reason)")
        default:
            self.init(.failed, "“\(program)” cannot be read or written: \(reason)")
        }
    }
}
