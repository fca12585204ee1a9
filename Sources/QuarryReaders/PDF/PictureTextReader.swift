import Foundation
public import QuarryCore
import QuarryPrograms
import QuarryText

/// Reads the text of pictures, such as scans and photographs of pages, with `tesseract` in a process of its own.
///
/// Each picture is a page; a TIFF file can have several. The layout is read as that of ``PDFReader``.
public struct PictureTextReader: Reader {
    private let tesseract: Tesseract?

    public init(_ options: TextRecognition = TextRecognition()) {
        self.init(options, environment: ProcessInfo.processInfo.environment)
    }

    package init(_ options: TextRecognition, environment: [String: String]) {
        tesseract = Tesseract(options, environment: environment)
    }

    public var formatName: String { "text in pictures" }
    public var pathExtensions: Set<String> { ["png", "jpg", "jpeg", "tif", "tiff", "bmp"] }
    public var obstacle: String? { tesseract == nil ? Tesseract.missing : nil }
    /// Another version without tesseract, so that files are read again when it is installed.
    public var version: String { tesseract.map { "picture-text/2\($0.mark)" } ?? "picture-text/0" }

    public func read(_ source: Source) async throws -> ReadResult {
        func rejected(_ reason: Rejection.Reason, _ message: String) -> ReadResult {
            ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message)])
        }
        guard let tesseract else {
            return rejected(.unsupportedFormat, "The text of pictures cannot be read here: \(Tesseract.missing).")
        }
        guard let name = Self.fileName(of: source.bytes) else {
            return rejected(.undecodable, "The file is not a PNG, JPEG, TIFF or BMP picture.")
        }
        let pages: [PDFPage]
        do {
            pages = try await withTemporaryFile(source.bytes, named: name) { path async throws -> [PDFPage] in
                try await tesseract.pages(of: path, in: tesseract.languages(), resolution: nil)
            }
        } catch let error as ProgramError {
            return rejected(.undecodable, "It cannot be read: \(error)")
        }
        let text = PDFTextWriter(pages)
        var writer = DocumentWriter()
        text.write(to: &writer)
        let metadata: [String: MetadataValue] = ["recognizedPages": .number(Double(pages.count))]
        guard let result = writer.document(id: source.id, title: text.title, metadata: metadata) else {
            return rejected(.empty, "No text was found in the picture.")
        }
        let warning = Rejection(
            source: source.id, reason: .empty,
            message: "It is a picture, whose text tesseract recognised, perhaps with mistakes.")
        return ReadResult(
            documents: [result.document], warnings: [warning],
            bidirectionalControls: result.removed.bidirectionalControls)
    }

    private static func fileName(of bytes: [UInt8]) -> String? {
        let signatures: [([UInt8], String)] = [
            ([0x89, 0x50, 0x4E, 0x47], "picture.png"), ([0xFF, 0xD8, 0xFF], "picture.jpg"),
            ([0x49, 0x49, 0x2A, 0x00], "picture.tif"), ([0x4D, 0x4D, 0x00, 0x2A], "picture.tif"),
            ([0x42, 0x4D], "picture.bmp"),
        ]
        return signatures.first { bytes.starts(with: $0.0) }?.1
    }
}
