import QuarryCore
import QuarryJSON
import QuarryText

/// A JSON file as UTF-8, which is not cleaned, because cleaning would repair what is not JSON.
extension CleanSource {
    /// - Throws: A rejection if the source is empty, binary or in no known encoding.
    init(json source: Source) throws(Rejection) {
        let start = try SourceStart(source)
        var encoding = start.encoding
        var warnings: [Rejection] = []
        let mark = start.isMarkedUTF8 ? 3 : 0
        if encoding == nil {
            if let text = String(validating: source.bytes[mark...], as: UTF8.self) {
                let count = text.utf8.count
                let segment = SourceMap.Segment(clean: 0, source: mark, cleanUnit: 1, sourceUnit: 1, count: count)
                self.init(
                    DecodedText(
                        utf8: Array(text.utf8), segments: count == 0 ? [] : [segment],
                        lineStarts: SourceMap.lineStarts(in: source.bytes)), warnings: [], id: source.id)
                return
            }
            encoding = try EncodingDetector.encoding(of: source)
            warnings = encoding.map { Rejection.guesses(source.id, $0) } ?? []
        }
        let decoded = try TextDecoder.decode(source, as: encoding ?? .utf8)
        self.init(decoded, warnings: warnings, id: source.id)
    }

    private init(_ decoded: DecodedText, warnings: [Rejection], id: String) {
        removed = RemovedCharacters()
        var decoded = decoded
        if let mojibake = Mojibake(in: decoded.utf8) {
            decoded.utf8 = mojibake.utf8
            decoded.segments = SourceMap.composition(of: mojibake.segments, over: decoded.segments)
            removed.repaired = mojibake.count
        }
        text = String(decoding: decoded.utf8, as: UTF8.self)
        sourceMap = SourceMap(segments: decoded.segments, lineStarts: decoded.lineStarts)
        self.warnings = warnings + removed.warnings(id)
    }

    /// The line of a byte of the text.
    func line(at offset: Int) -> Int {
        let count = text.utf8.count
        guard count > 0 else { return 1 }
        let offset = min(max(0, offset), count - 1)
        return sourceMap.lines(of: offset..<offset + 1).lowerBound
    }

    func rejection(_ id: String, of fault: JSONFault) -> Rejection {
        Rejection(
            source: id, line: line(at: fault.offset), reason: .brokenRecord,
            message: "The file is not valid JSON: \(fault.message).")
    }
}

extension DocumentWriter {
    /// Appends a string or another scalar, with its source. An empty line begins a new paragraph.
    mutating func append(_ value: JSONSpan, in bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
        guard value.hasEscapes else {
            return append(UnsafeBufferPointer(rebasing: bytes[value.contents]), source: value.contents)
        }
        var runs: [(source: Range<Int>, count: Int)] = []
        let utf8 = try unescaped(value, in: bytes) { runs.append(($0, $1)) }
        var newlines = 0
        utf8.withUnsafeBufferPointer { utf8 in
            var start = 0
            for run in runs {
                let piece = UnsafeBufferPointer(rebasing: utf8[start..<start + run.count])
                start += run.count
                if piece.count == 1, piece[0] == 0x0A {
                    newlines += 1
                } else if !piece.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                    if newlines > 1 { begin(.paragraph) }
                    newlines = 0
                }
                append(piece, source: run.source)
            }
        }
    }

    private func unescaped(
        _ value: JSONSpan, in bytes: UnsafeBufferPointer<UInt8>, piece: (Range<Int>, Int) -> Void
    ) throws(JSONFault) -> [UInt8] {
        do {
            return try JSONCursor(bytes, in: value.range).unescaped(value, piece: piece)
        } catch let fault as JSONFault {
            throw fault
        } catch {
            throw JSONFault("a string cannot be read", offset: value.range.lowerBound)
        }
    }
}
