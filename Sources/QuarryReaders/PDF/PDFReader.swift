import Foundation
public import QuarryCore
import QuarryPrograms
import QuarryText

/// Reads PDF with poppler's `pdftotext` and `pdfinfo`, each in a process of its own with limits on time, memory and
/// output.
///
/// The text comes in reading order, in columns too. Lines become paragraphs, with hyphens at their ends joined; headings
/// are known by their size; tables become rows; headers and footers that repeat on pages are left out. A citation names
/// the page. Offsets and lines count in the text that this reader makes.
///
/// The title, author and dates of the file become metadata.
public struct PDFReader: Reader {
    private let password: String?
    private let pdftotext: Program?
    private let pdfinfo: Program?

    /// - `password`: Opens encrypted files. poppler takes it as an argument, which other users of the machine can see.
    public init(password: String? = nil) {
        self.init(password: password, environment: ProcessInfo.processInfo.environment)
    }

    package init(password: String? = nil, environment: [String: String]) {
        self.password = password
        pdftotext = Program.find("pdftotext", environment: environment)
        pdfinfo = Program.find("pdfinfo", environment: environment)
    }

    public var formatName: String { "PDF" }
    public var pathExtensions: Set<String> { ["pdf"] }
    public var obstacle: String? {
        pdftotext == nil ? "pdftotext is not installed (Debian: poppler-utils)" : nil
    }
    /// Another version without poppler, so that its files are read again when it is installed.
    public var version: String { pdftotext == nil ? "pdf/0" : "pdf/2" }

    private static let limits = ProgramLimits(
        duration: .seconds(300), outputBytes: 512 << 20, memoryBytes: 2 << 30)

    public func read(_ source: Source) async throws -> ReadResult {
        do {
            return try await document(of: source)
        } catch let error as Rejection {
            return ReadResult(rejected: [error])
        }
    }

    private func document(of source: Source) async throws -> ReadResult {
        guard let pdftotext else {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat,
                message: "PDF cannot be read here: \(obstacle ?? "").")
        }
        guard source.bytes.prefix(1024).firstRange(of: Array("%PDF-".utf8)) != nil else {
            throw Rejection(source: source.id, reason: .undecodable, message: "It does not begin as a PDF file.")
        }
        let arguments = ["-tsv", "-enc", "UTF-8"] + access
        let (output, info) = try await withTemporaryFile(source.bytes, named: "document.pdf") {
            (path: String) async throws -> (ProgramOutput, PDFInformation) in
            let output = try await run(pdftotext, arguments + [path, "-"], on: source)
            return (output, try await information(about: path))
        }
        let pages = PDFPage.pages(of: output.bytes)
        let text = PDFTextWriter(pages)
        var writer = DocumentWriter()
        text.write(to: &writer)
        guard let result = writer.document(id: source.id, title: info.title ?? text.title, metadata: info.metadata)
        else {
            throw Rejection(
                source: source.id, reason: .empty,
                message: pages.isEmpty
                    ? "It has no pages."
                    : "None of its \(pages.count) pages has text: they may be pictures, such as scans.")
        }
        var warnings: [Rejection] = []
        let empty = pages.filter { $0.lines.isEmpty }.map(\.number)
        if !empty.isEmpty { warnings.append(.pagesWithoutText(source.id, empty, of: pages.count)) }
        return ReadResult(
            documents: [result.document], warnings: warnings,
            bidirectionalControls: result.removed.bidirectionalControls)
    }

    private var access: [String] { password.map { ["-upw", $0] } ?? [] }

    private func information(about path: String) async throws -> PDFInformation {
        guard let pdfinfo else { return PDFInformation([]) }
        do {
            let output = try await pdfinfo.run(
                ["-enc", "UTF-8", "-isodates"] + access + [path], environment: Self.environment, limits: Self.limits)
            return PDFInformation(output.bytes)
        } catch is ProgramError {
            // The text counts, even if its metadata cannot be read.
            return PDFInformation([])
        }
    }

    /// A fixed language, so that messages can be understood.
    private static let environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]

    /// - Throws: A `Rejection` if the program fails or meets a limit.
    private func run(_ program: Program, _ arguments: [String], on source: Source) async throws -> ProgramOutput {
        let output: ProgramOutput
        do {
            output = try await program.run(arguments, environment: Self.environment, limits: Self.limits)
        } catch let error as ProgramError {
            throw Rejection(source: source.id, reason: .undecodable, message: "It cannot be read: \(error)")
        }
        if output.succeeded { return output }
        let errors = String(decoding: output.errors, as: UTF8.self)
        if errors.contains("Incorrect password") {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat,
                message: password == nil ? "It is encrypted, and needs a password." : "The password does not open it.")
        }
        if output.end == .status(3) {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat,
                message: "Its author does not permit to take its text out.")
        }
        let reason = errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
        throw Rejection(
            source: source.id, reason: .undecodable,
            message: "pdftotext ended with \(output.end)\(reason).".replacing("..", with: "."))
    }
}

extension Rejection {
    fileprivate static func pagesWithoutText(_ id: String, _ pages: [Int], of count: Int) -> Rejection {
        let shown = pages.prefix(10).map(String.init).joined(separator: ", ") + (pages.count > 10 ? ", …" : "")
        return Rejection(
            source: id, reason: .empty,
            message: "\(pages.count) of \(count) pages have no text, such as scans: \(shown).")
    }
}

/// The title and metadata that `pdfinfo` prints.
struct PDFInformation {
    private(set) var title: String?
    private(set) var metadata: [String: MetadataValue] = [:]

    private static let names = [
        "Author": "author", "Subject": "subject", "Keywords": "keywords", "CreationDate": "created",
        "ModDate": "modified",
    ]

    /// Not the number or the file name that some programs write in place of a title.
    private static func isTitle(_ value: String) -> Bool {
        let lower = value.lowercased()
        let ends = [
            ".doc", ".docx", ".rtf", ".odt", ".pdf", ".tex", ".dvi", ".indd", ".qxd", ".xls", ".xlsx", ".ppt", ".pptx",
        ]
        return value.contains(where: \.isLetter) && !lower.hasPrefix("microsoft word -")
            && !lower.hasPrefix("microsoft powerpoint -") && !lower.hasPrefix("untitled")
            && !ends.contains(where: lower.hasSuffix)
    }

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self).joiningWords()
            guard !value.isEmpty, value.utf8.count <= 4096 else { continue }
            if name == "Title", Self.isTitle(value) { title = value }
            if let key = Self.names[name] { metadata[key] = .string(value) }
            if name == "Pages" { metadata["pages"] = Double(value).map { .number($0) } }
        }
    }
}
