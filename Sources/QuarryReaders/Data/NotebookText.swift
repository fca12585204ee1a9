import QuarryCore
import QuarryText

/// The text of a notebook: its cells one after the other, of which those of Markdown stay as written.
struct NotebookText {
    /// Bytes of the text with the bytes of the file behind them.
    struct Piece {
        var text: [UInt8]
        var source: Range<Int>
    }

    enum Kind: Hashable {
        case markdown
        case code(language: String?)
    }

    private var text: [UInt8] = []
    private var map = MapOfPieces()
    private var cells: [(kind: Kind, range: Range<Int>)] = []

    mutating func add(_ pieces: [Piece], as kind: Kind, before mark: String = "") {
        if !text.isEmpty { write("\n\n") }
        let start = text.count
        if case .code(let language) = kind {
            let fence = String(repeating: "`", count: max(3, Self.longestFence(pieces) + 1))
            write("\(fence)\(language ?? "")\n")
            write(pieces)
            write(text.last == 0x0A ? fence : "\n" + fence)
        } else {
            write(mark)
            write(pieces)
        }
        cells.append((kind, start..<text.count))
    }

    private mutating func write(_ pieces: [Piece]) {
        for piece in pieces {
            if piece.text.count == piece.source.count {
                for (offset, byte) in piece.text.enumerated() {
                    text.append(byte)
                    map.add(piece.source.lowerBound + offset)
                }
            } else {
                for byte in piece.text {
                    text.append(byte)
                    map.add(nil)
                }
                map.join(piece.source)
            }
        }
    }

    private mutating func write(_ words: String) {
        for byte in words.utf8 {
            text.append(byte)
            map.add(nil)
        }
    }

    /// The length of the longest run of backticks.
    private static func longestFence(_ pieces: [Piece]) -> Int {
        var (longest, current) = (0, 0)
        for piece in pieces {
            for byte in piece.text {
                current = byte == UInt8(ascii: "`") ? current + 1 : 0
                longest = max(longest, current)
            }
        }
        return longest
    }

    /// The document; nil without text.
    consuming func document(
        id: String, language: String?, from source: CleanSource
    ) throws(InvalidUTF8) -> (document: Document, removed: RemovedCharacters)? {
        let cleaned = try TextCleaner.clean(text)
        guard cleaned.text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        let toWritten = SourceMap(segments: cleaned.segments, lineStarts: SourceMap.lineStarts(in: text), base: .text)
        var sourceMap = toWritten
        if let segments = map.finished() {
            sourceMap = SourceMap(
                segments: SourceMap.composition(
                    of: SourceMap.composition(of: cleaned.segments, over: segments), over: source.sourceMap.segments),
                lineStarts: source.sourceMap.lineStarts)
        }
        var blocks: [Block] = []
        var links: [String] = []
        Array(cleaned.text.utf8).withUnsafeBufferPointer { bytes in
            for cell in cells {
                let range = toWritten.textRange(ofSource: cell.range).clamped(to: 0..<bytes.count)
                guard !range.isEmpty else { continue }
                if case .code(let language) = cell.kind {
                    blocks.append(Block(kind: .code(language: language), range: range))
                    continue
                }
                let part = UnsafeBufferPointer(rebasing: bytes[range])
                var parser = MarkdownBlockParser(bytes: part)
                parser.parse()
                blocks += parser.blocks.map { $0.shifted(by: range.lowerBound) }
                links += Wikilinks(bytes: part, code: parser.code).targets()
            }
        }
        let document = Document(
            id: id, title: Self.title(blocks), text: cleaned.text,
            metadata: language.map { ["language": .string($0)] } ?? [:],
            blocks: blocks, sourceMap: sourceMap, links: links)
        return (document, cleaned.removed)
    }

    private static func title(_ blocks: [Block]) -> String? {
        for block in blocks {
            if case .heading(level: 1, let title) = block.kind, !title.isEmpty { return title }
        }
        return nil
    }
}

extension Block {
    /// The block, moved by the length of a text before it.
    fileprivate func shifted(by length: Int) -> Block {
        let range = range.lowerBound + length..<range.upperBound + length
        guard case .table(let header) = kind else { return Block(kind: kind, range: range) }
        return Block(kind: .table(header: header.lowerBound + length..<header.upperBound + length), range: range)
    }
}
