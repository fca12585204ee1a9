public import QuarryCore
import QuarryJSON
import QuarryText

/// Reads Jupyter notebooks (nbformat 3 and 4): Markdown cells as Markdown, code cells as code in the kernel's language.
/// Outputs are left out.
///
/// The title is the first heading of level 1. The map leads to the bytes of the file, through escapes.
public struct NotebookReader: Reader {
    public init() {}

    public var formatName: String { "notebooks (Jupyter)" }
    public var pathExtensions: Set<String> { ["ipynb"] }
    public var version: String { "notebook/2" }

    public func read(_ source: Source) -> ReadResult {
        do throws(Rejection) {
            let text = try CleanSource(json: source)
            let bytes = Array(text.text.utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                do {
                    var notebook = Notebook(bytes)
                    try notebook.parse()
                    guard notebook.hasCells else {
                        throw Rejection(
                            source: source.id, reason: .unsupportedFormat,
                            message: "The file is JSON, but not a Jupyter notebook: it has no \"cells\".")
                    }
                    guard let written = try notebook.document(id: source.id, from: text) else {
                        throw Rejection.empty(source.id)
                    }
                    return ReadResult(
                        documents: [written.document], warnings: text.warnings + written.removed.warnings(source.id),
                        bidirectionalControls: written.removed.bidirectionalControls)
                } catch let fault as JSONFault {
                    return ReadResult(rejected: [text.rejection(source.id, of: fault)])
                } catch let rejection as Rejection {
                    return ReadResult(rejected: [rejection])
                } catch {
                    return ReadResult(rejected: [text.rejection(source.id, of: JSONFault("\(error)", offset: 0))])
                }
            }
        } catch {
            return ReadResult(rejected: [error])
        }
    }
}

/// A notebook as it is read.
private struct Notebook {
    private struct Cell {
        enum Kind { case markdown, code, raw, heading(level: Int) }
        var kind: Kind
        /// The pieces of the source, in order.
        var source: [JSONSpan]
        var language: String?
    }

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var hasCells = false
    private var cells: [Cell] = []
    private var language: String?

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    // MARK: Parsing

    mutating func parse() throws {
        var cursor = JSONCursor(bytes, in: 0..<bytes.count)
        guard cursor.next() == UInt8(ascii: "{") else {
            try cursor.skip()
            return try cursor.end()
        }
        try readMembers(&cursor)
        try cursor.end()
    }

    /// Reads the members of the notebook, or of a worksheet in nbformat 3.
    private mutating func readMembers(_ cursor: inout JSONCursor, isWorksheet: Bool = false) throws {
        try cursor.members { name, cursor in
            let next = cursor.next()
            switch name {
            case "cells" where next == UInt8(ascii: "["):
                hasCells = true
                try cursor.elements { cursor in try readCell(&cursor) }
            case "worksheets" where next == UInt8(ascii: "[") && !isWorksheet:
                try cursor.elements { cursor in
                    guard cursor.next() == UInt8(ascii: "{") else { return try cursor.skip() }
                    try readMembers(&cursor, isWorksheet: true)
                }
            case "metadata" where next == UInt8(ascii: "{") && !isWorksheet: try readMetadata(&cursor)
            default: try cursor.skip()
            }
        }
    }

    private mutating func readMetadata(_ cursor: inout JSONCursor) throws {
        var kernel: String?
        try cursor.members { name, cursor in
            let key = ["kernelspec": "language", "language_info": "name"][name]
            guard let key, cursor.next() == UInt8(ascii: "{") else { return try cursor.skip() }
            try cursor.members { member, cursor in
                let value = try cursor.value()
                guard member == key, value.kind == .string else { return }
                let found = try fenceName(value)
                if name == "language_info" { language = found } else { kernel = found }
            }
        }
        language = language ?? kernel
    }

    /// The name of a language; nil if it cannot follow a fence.
    private func fenceName(_ value: JSONSpan) throws -> String? {
        let name = try JSONCursor(bytes, in: value.range).string(value)
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "`") }
        return isPlain && (1...40).contains(name.utf8.count) ? name : nil
    }

    private mutating func readCell(_ cursor: inout JSONCursor) throws {
        guard cursor.next() == UInt8(ascii: "{") else { return try cursor.skip() }
        var kind = Cell.Kind.raw
        var level = 1
        var cell = Cell(kind: .raw, source: [])
        try cursor.members { name, cursor in
            switch name {
            case "source" where cursor.next() == UInt8(ascii: "["), "input" where cursor.next() == UInt8(ascii: "["):
                try cursor.elements { cursor in
                    let piece = try cursor.value()
                    if piece.kind == .string { cell.source.append(piece) }
                }
            default:
                let value = try cursor.value()
                switch (name, value.kind) {
                case ("source", .string), ("input", .string): cell.source = [value]
                case ("cell_type", .string):
                    switch try cursor.string(value) {
                    case "markdown": kind = .markdown
                    case "code": kind = .code
                    case "heading": kind = .heading(level: 1)
                    default: kind = .raw
                    }
                case ("level", .number): level = Int(cursor.text(of: value)) ?? 1
                case ("language", .string): cell.language = try fenceName(value)
                default: break
                }
            }
        }
        if case .heading = kind { kind = .heading(level: min(max(1, level), 6)) }
        cell.kind = kind
        cells.append(cell)
    }

    // MARK: Writing

    /// The document of the cells; nil without text.
    func document(id: String, from source: CleanSource) throws -> (document: Document, removed: RemovedCharacters)? {
        var writer = NotebookText()
        for cell in cells {
            let pieces = try cell.source.flatMap(self.pieces)
            guard pieces.contains(where: { $0.text.contains { $0 > 0x20 } }) else { continue }
            switch cell.kind {
            case .markdown: writer.add(pieces, as: .markdown)
            case .heading(let level):
                writer.add(pieces, as: .markdown, before: String(repeating: "#", count: level) + " ")
            case .code: writer.add(pieces, as: .code(language: cell.language ?? language))
            case .raw: writer.add(pieces, as: .code(language: nil))
            }
        }
        return try writer.document(id: id, language: language, from: source)
    }

    /// The runs and escapes of a string.
    private func pieces(of string: JSONSpan) throws -> [NotebookText.Piece] {
        guard string.hasEscapes else {
            return [.init(text: Array(bytes[string.contents]), source: string.contents)]
        }
        var runs: [(source: Range<Int>, count: Int)] = []
        let utf8 = try JSONCursor(bytes, in: string.range).unescaped(string) { runs.append(($0, $1)) }
        var start = 0
        return runs.map { run in
            defer { start += run.count }
            return .init(text: Array(utf8[start..<start + run.count]), source: run.source)
        }
    }
}
