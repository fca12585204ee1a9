import Foundation
public import QuarryCore
import QuarryPrograms
import QuarryText

/// Reads PDF with poppler's `pdftotext` and `pdfinfo`, each in a process of its own with limits on time, memory and
/// output.
///
/// The text comes in reading order, in columns too. Lines become paragraphs, with hyphens at their ends joined; headings
/// are known by their size and place; tables become rows; headers and footers that repeat on pages are left out. A citation
/// names the page. Offsets and lines count in the text that this reader makes.
///
/// The title is that in the file, or else the largest lines of its first page with the file's name. Its author and dates, and the addresses of its links, become metadata.
///
/// Pages without text, such as scans, are left out with a warning, or recognised by tesseract if the options say so:
///
///     PDFReader(ocr: TextRecognition())
public struct PDFReader: Reader {
    private let programs: PDFPrograms
    private let ocr: TextRecognition?
    private let tesseract: Tesseract?

    /// - Parameters:
    ///   - password: Opens encrypted files. poppler takes it as an argument, which other users of the machine can see while
    ///     the file is read.
    ///   - ocr: How to read pages without text; nil leaves them out.
    public init(password: String? = nil, ocr: TextRecognition? = nil) {
        self.init(password: password, ocr: ocr, environment: ProcessInfo.processInfo.environment)
    }

    package init(password: String? = nil, ocr: TextRecognition? = nil, environment: [String: String]) {
        programs = PDFPrograms(password: password, environment: environment)
        self.ocr = ocr
        tesseract = ocr.flatMap { Tesseract($0, environment: environment) }
    }

    public var formatName: String { "PDF" }
    public var pathExtensions: Set<String> { ["pdf"] }
    public var obstacle: String? {
        guard programs.isInstalled else { return "pdftotext is not installed (Debian: poppler-utils)" }
        return ocr != nil && tesseract == nil ? Tesseract.missing : nil
    }
    /// Another version without poppler and with recognition, so that files are read again when that changes.
    public var version: String {
        guard programs.isInstalled else { return "pdf/0" }
        return "pdf/5" + (tesseract.map(\.mark) ?? "")
    }

    public func read(_ source: Source) async throws -> ReadResult {
        do {
            do {
                // One password for many files: most need none.
                return try await document(of: source, programs.withoutPassword)
            } catch let error as PDFAccessError where error.reason == .encrypted && programs.hasPassword {
                return try await document(of: source, programs)
            }
        } catch let error as Rejection {
            return ReadResult(rejected: [error])
        } catch let error as PDFAccessError {
            return ReadResult(rejected: [
                Rejection(source: source.id, reason: error.reason, message: error.description)
            ])
        } catch let error as ProgramError {
            return ReadResult(rejected: [
                Rejection(source: source.id, reason: .undecodable, message: "It cannot be read: \(error)")
            ])
        }
    }

    /// What poppler finds in a file.
    private struct Content {
        var pages: [PDFPage]
        var scans: ScannedPages
        var information: PDFInformation
        var attachments: [String]
        var links: PDFLinks
    }

    private func content(of source: Source, _ programs: PDFPrograms) async throws -> Content {
        return try await withTemporaryFile(source.bytes, named: "document.pdf") { (path: String) async throws in
            var pages = PDFPage.pages(of: try await programs.words(of: path))
            let information = try await programs.information(about: path)
            let attachments = source.bytes.mayHold("EF", "EmbeddedFile") ? try await programs.attachments(of: path) : []
            let links = source.bytes.mayHold("URI") ? try await programs.links(of: path) : PDFLinks()
            let scans = try await recognize(&pages, of: path, programs)
            return Content(
                pages: pages, scans: scans, information: information, attachments: attachments, links: links)
        }
    }

    /// Names the files that a file carries, which are not read.
    private static func unread(_ attachments: [String], in source: Source) -> [Rejection] {
        var names = MemberNames()
        return attachments.map { name in
            Rejection(
                source: "\(source.id)/\(names.name(for: name).name)", reason: .unsupportedFormat,
                message: "It is attached to the PDF, and is not read. Save it as a file of its own to have it read.")
        }
    }

    private func document(of source: Source, _ programs: PDFPrograms) async throws -> ReadResult {
        if !programs.isInstalled {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat,
                message: "PDF cannot be read here: \(obstacle ?? "").")
        }
        guard source.bytes.prefix(1024).firstRange(of: Array("%PDF-".utf8)) != nil else {
            throw Rejection(source: source.id, reason: .undecodable, message: "It does not begin as a PDF file.")
        }
        let content = try await content(of: source, programs)
        let (pages, scans) = (content.pages, content.scans)
        let unread = Self.unread(content.attachments, in: source)
        let text = PDFTextWriter(pages)
        var writer = DocumentWriter()
        text.write(to: &writer)
        var metadata = content.information.metadata
        if !content.links.addresses.isEmpty { metadata["links"] = .strings(content.links.addresses) }
        if !scans.recognized.isEmpty { metadata["recognizedPages"] = .number(Double(scans.recognized.count)) }
        guard
            let result = writer.document(
                id: source.id, title: content.information.title ?? title(text.title, of: source), metadata: metadata)
        else {
            let rejection = Rejection(
                source: source.id, reason: pages.isEmpty ? .empty : .scanned,
                message: pages.isEmpty
                    ? "It has no pages."
                    : (pages.count == 1 ? "Its page has no text" : "None of its \(pages.count) pages has text")
                        + (tesseract == nil ? ": they may be pictures, such as scans." : ", and tesseract found none.")
                        + hint(on: scans)
            )
            return ReadResult(rejected: [rejection], unread: unread)
        }
        var warnings = [content.links.warning(source.id)].compactMap(\.self)
        func warn(_ numbers: [Int], _ words: String) {
            guard !numbers.isEmpty else { return }
            let shown = numbers.prefix(10).map(String.init).joined(separator: ", ") + (numbers.count > 10 ? ", …" : "")
            warnings.append(
                Rejection(
                    source: source.id, reason: .scanned,
                    message: "\(numbers.count) of \(pages.count) pages \(words): \(shown).\(hint(on: scans))"))
        }
        warn(scans.recognized, "are pictures, whose text tesseract recognised, perhaps with mistakes")
        warn(scans.without, "have no text, such as scans")
        return ReadResult(
            documents: [result.document], warnings: warnings + result.removed.warnings(source.id), unread: unread,
            bidirectionalControls: result.removed.bidirectionalControls)
    }

    /// The largest lines with the name of the file: those of a series, such as the reports of a company, often differ in
    /// the name alone.
    private func title(_ largest: String?, of source: Source) -> String? {
        guard let largest, let file = source.id.split(separator: "/").last else { return nil }
        let name = file.split(separator: ".").dropLast().joined(separator: ".")
        guard name.contains(where: \.isLetter), !largest.lowercased().contains(name.lowercased()) else {
            return largest
        }
        return "\(largest) – \(name)"
    }

    // MARK: Scanned pages

    private struct ScannedPages {
        var recognized: [Int] = []
        var without: [Int] = []
        /// Why pages were not recognised.
        var error: String?
    }

    private func hint(on scans: ScannedPages) -> String {
        if ocr != nil, tesseract == nil { return " Their text is not recognised: \(Tesseract.missing)." }
        return scans.error.map { " \($0)" } ?? ""
    }

    /// Gives pages without text the lines that tesseract recognises.
    private func recognize(
        _ pages: inout [PDFPage], of path: String, _ programs: PDFPrograms
    ) async throws -> ScannedPages {
        var scans = ScannedPages()
        let empty = pages.indices.filter { pages[$0].lines.isEmpty }
        guard let tesseract, !empty.isEmpty else {
            scans.without = empty.map { pages[$0].number }
            return scans
        }
        let languages: String
        do {
            languages = try await tesseract.languages()
        } catch let error as ProgramError {
            scans.error = "Their text is not recognised: \(error)"
            scans.without = empty.map { pages[$0].number }
            return scans
        }
        let most = tesseract.options.maximumPages
        if empty.count > most { scans.error = "No more than \(most) pages of a file are recognised." }
        for (position, index) in empty.enumerated() {
            let number = pages[index].number
            guard position < most else {
                scans.without.append(number)
                continue
            }
            do {
                let picture = try await programs.render(pages[index], of: path)
                let found = try await tesseract.pages(
                    of: picture.path, in: languages, resolution: picture.resolution)
                if let first = found.first, !first.lines.isEmpty {
                    pages[index].lines = first.lines
                    scans.recognized.append(number)
                } else {
                    scans.without.append(number)
                }
            } catch let error as ProgramError {
                scans.without.append(number)
                scans.error = "\(error)"
            }
        }
        return scans
    }
}

extension [UInt8] {
    /// Whether a PDF can have an object with one of these names; those in object streams are compressed.
    fileprivate func mayHold(_ names: String...) -> Bool {
        let names = (names + ["ObjStm"]).map { Array($0.utf8) }
        return withUnsafeBufferPointer { bytes in
            bytes.indices.contains { start in
                bytes[start] == UInt8(ascii: "/") && names.contains { bytes[(start + 1)...].starts(with: $0) }
            }
        }
    }
}
