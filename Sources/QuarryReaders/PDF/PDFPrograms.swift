import QuarryCore
import QuarryPrograms

/// poppler's programs, each in a process of its own with limits on time, memory and output.
struct PDFPrograms: Sendable {
    private let pdftotext: Program?
    private let pdfinfo: Program?
    private let pdftoppm: Program?
    private let pdfdetach: Program?
    private var password: String?

    init(password: String?, environment: [String: String]) {
        self.password = password
        pdftotext = Program.find("pdftotext", environment: environment)
        pdfinfo = Program.find("pdfinfo", environment: environment)
        pdftoppm = Program.find("pdftoppm", environment: environment)
        pdfdetach = Program.find("pdfdetach", environment: environment)
    }

    var isInstalled: Bool { pdftotext != nil }
    var hasPassword: Bool { password != nil }

    var withoutPassword: PDFPrograms {
        var programs = self
        programs.password = nil
        return programs
    }

    private static let limits = ProgramLimits(
        duration: .seconds(300), outputBytes: 512 << 20, memoryBytes: 2 << 30)
    private static let pageLimits = ProgramLimits(duration: .seconds(60), outputBytes: 1 << 20, memoryBytes: 2 << 30)
    /// A fixed language, so that messages can be understood.
    private static let environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]

    /// The password opens a file as its reader or its owner.
    private var access: [String] { password.map { ["-upw", $0, "-opw", $0] } ?? [] }

    /// The table of words of a file.
    ///
    /// - Throws: ``ProgramError``; ``PDFAccessError``
    func words(of path: String) async throws -> [UInt8] {
        guard let pdftotext else { throw ProgramError(.notStarted, "pdftotext is not installed.") }
        let output = try await pdftotext.run(
            ["-tsv", "-enc", "UTF-8"] + access + [path, "-"], environment: Self.environment, limits: Self.limits)
        if output.succeeded { return output.bytes }
        let errors = String(decoding: output.errors, as: UTF8.self)
        if errors.contains("Incorrect password") {
            throw PDFAccessError(
                reason: .encrypted,
                description: password == nil
                    ? "It is encrypted, and needs a password." : "The password does not open it.")
        }
        if output.end == .status(3) {
            throw PDFAccessError(
                reason: .encrypted, description: "Its author does not permit to take its text out.")
        }
        if errors.contains("Wrong page range") { throw PDFAccessError(reason: .empty, description: "It has no pages.") }
        throw ProgramError(.failed, "pdftotext ended with \(output.end)\(output.reason(besides: path)).")
    }

    /// The title and metadata; empty if they cannot be read, since the text counts.
    func information(about path: String) async throws -> PDFInformation {
        PDFInformation(try await output(of: pdfinfo, ["-isodates"], path))
    }

    /// The names of the files that a file carries; none if they cannot be listed.
    func attachments(of path: String) async throws -> [String] {
        PDFInformation.attachments(try await output(of: pdfdetach, ["-list"], path))
    }

    /// The addresses that its links lead to; none if they cannot be listed.
    func links(of path: String) async throws -> PDFLinks {
        PDFLinks(try await output(of: pdfinfo, ["-url"], path))
    }

    /// What a program says about a file; nothing if it fails or is not installed.
    private func output(of program: Program?, _ arguments: [String], _ path: String) async throws -> [UInt8] {
        guard let program else { return [] }
        do {
            return try await program.run(
                arguments + ["-enc", "UTF-8"] + access + [path], environment: Self.environment, limits: Self.limits
            ).bytes
        } catch is ProgramError {
            return []
        }
    }

    /// Writes the picture of a page beside a file, in grey.
    ///
    /// - Returns: The picture's path and its resolution in pixels an inch.
    /// - Throws: ``ProgramError``
    func render(_ page: PDFPage, of path: String) async throws -> (path: String, resolution: Double) {
        guard let pdftoppm else { throw ProgramError(.notStarted, "pdftoppm is not installed.") }
        // Large pages, such as posters, are made smaller.
        let size = max(1, page.width, page.height)
        let resolution = min(300, (6000 * 72 / size).rounded(.down))
        guard resolution >= 10 else {
            throw ProgramError(.failed, "Page \(page.number) is \(Int(size)) points large.")
        }
        let output = try await pdftoppm.run(
            ["-f", "\(page.number)", "-l", "\(page.number)", "-r", "\(Int(resolution))", "-gray", "-singlefile"]
                + access
                + [path, path], environment: Self.environment, limits: Self.pageLimits)
        guard output.succeeded else {
            throw ProgramError(.failed, "pdftoppm ended with \(output.end)\(output.reason(besides: path)).")
        }
        return (path + ".pgm", Double(Int(resolution)))
    }
}

/// A file that needs a password, does not permit to be read, or has nothing to read.
struct PDFAccessError: Error, CustomStringConvertible {
    var reason: Rejection.Reason
    var description: String
}

extension ProgramOutput {
    /// The last line of the program's errors in quotation marks, with a colon before it; or nothing.
    ///
    /// - `path`: The path of the temporary file, which says nothing to people.
    func reason(besides path: String = "") -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        guard var line = lines.last.map(String.init) else { return "" }
        if !path.isEmpty { line = line.replacing("'\(path)'", with: "").replacing(path, with: "") }
        // `Syntax Error (1234): `
        if let colon = line.firstRange(of: ": "), line[..<colon.lowerBound].contains("Error") {
            line = String(line[colon.upperBound...])
        }
        line = line.joiningWords()
        while let end = line.last, ".: ".contains(end) { line.removeLast() }
        return line.isEmpty ? "" : ": “\(line.prefix(200))”"
    }
}
