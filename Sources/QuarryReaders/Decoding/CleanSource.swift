package import QuarryCore
import QuarryText

/// A decoded and cleaned source.
struct CleanSource {
    var text: String
    var sourceMap: SourceMap
    var removed: RemovedCharacters
    /// Problems that a person should check, although the text was read.
    var warnings: [Rejection] = []

    /// - `declared`: The encoding that the source names, if it names one. That of its media type, Unicode marks and valid
    ///   UTF-8 count more.
    /// - Throws: A rejection of the whole source if it is empty, binary or in no known encoding.
    init(_ source: Source, declared: TextEncoding? = nil) throws(Rejection) {
        let bytes = source.bytes
        let declared = source.mediaType.flatMap { MediaType($0).encoding } ?? declared
        let start = try SourceStart(source)
        if let encoding = start.encoding {
            self = try CleanSource(source, as: encoding)
        } else {
            do {
                let mojibake = Mojibake(in: bytes)
                let cleaned = try TextCleaner.clean(mojibake?.utf8 ?? bytes)
                if cleaned.removed.controls * 50 > bytes.count, EncodingDetector.isBinary(bytes) {
                    throw Rejection.binary(source.id)
                }
                text = cleaned.text
                removed = cleaned.removed
                sourceMap = SourceMap(
                    segments: mojibake.map { SourceMap.composition(of: cleaned.segments, over: $0.segments) }
                        ?? cleaned.segments,
                    lineStarts: SourceMap.lineStarts(in: bytes))
                removed.repaired = mojibake?.count ?? 0
            } catch let error as Rejection {
                throw error
            } catch let error as InvalidUTF8 where start.isMarkedUTF8 {
                throw Rejection.undecodable(source, as: .utf8, at: error.offset)
            } catch {
                if let declared, declared.charset != nil, let decoded = try? CleanSource(source, as: declared) {
                    self = decoded
                } else {
                    let encoding = try EncodingDetector.encoding(of: source)
                    self = try CleanSource(source, as: encoding)
                    warnings = Rejection.guesses(source.id, encoding)
                }
            }
        }
        leaveOutEmbeddedData(source.id)
        warnings += removed.warnings(source.id)
        if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }) { throw Rejection.empty(source.id) }
    }

    /// Takes files that are written into the text out of it, with a warning.
    private mutating func leaveOutEmbeddedData(_ id: String) {
        var text = text
        let (ranges, bytes) = text.withUTF8 { bytes in
            let ranges = EmbeddedData.ranges(in: bytes)
            return (ranges, ranges.isEmpty ? [] : Array(bytes))
        }
        guard !ranges.isEmpty else { return }
        var kept: [UInt8] = []
        var segments: [SourceMap.Segment] = []
        var (start, next) = (0, 0)
        for end in ranges + [bytes.count..<bytes.count] {
            let part = start..<end.lowerBound
            while next < sourceMap.segments.count, sourceMap.segments[next].clean < part.upperBound {
                if var segment = sourceMap.segments[next].clipped(to: part) {
                    segment.clean += kept.count
                    segments.append(segment)
                }
                // A segment that goes beyond the part is needed for the next one, too.
                if sourceMap.segments[next].cleanEnd > part.upperBound { break }
                next += 1
            }
            kept += bytes[part]
            start = end.upperBound
        }
        let count = ranges.reduce(0) { $0 + $1.count }
        self.text = String(decoding: kept, as: UTF8.self)
        sourceMap = SourceMap(segments: segments, lineStarts: sourceMap.lineStarts)
        warnings.append(
            Rejection(
                source: id, reason: .embeddedData,
                message: "\(ranges.count) embedded \(ranges.count == 1 ? "file" : "files") (\(count) bytes of base64) "
                    + "\(ranges.count == 1 ? "was" : "were") left out."))
    }

    init(_ source: Source, as encoding: TextEncoding) throws(Rejection) {
        var decoded = try TextDecoder.decode(source, as: encoding)
        let mojibake = Mojibake(in: decoded.utf8)
        if let mojibake {
            decoded.utf8 = mojibake.utf8
            decoded.segments = SourceMap.composition(of: mojibake.segments, over: decoded.segments)
        }
        do {
            let cleaned = try TextCleaner.clean(decoded.utf8)
            text = cleaned.text
            removed = cleaned.removed
            sourceMap = SourceMap(
                segments: SourceMap.composition(of: cleaned.segments, over: decoded.segments),
                lineStarts: decoded.lineStarts)
            removed.repaired = mojibake?.count ?? 0
        } catch {
            throw Rejection.undecodable(source, as: encoding, at: error.offset)
        }
    }
}

/// The encoding that the first bytes of a source show.
struct SourceStart {
    /// Nil if the bytes must be tried as UTF-8 first.
    var encoding: TextEncoding?
    /// Whether a byte-order mark declares UTF-8, so that no other encoding is guessed.
    var isMarkedUTF8 = false

    /// - `isLines`: Whether each line is read separately. A zero byte then invalidates only its own line.
    init(_ source: Source, isLines: Bool = false) throws(Rejection) {
        if source.bytes.isEmpty { throw Rejection.empty(source.id) }
        switch EncodingDetector.byteOrderMark(of: source.bytes) {
        case .utf8?: isMarkedUTF8 = true
        case let wide?: encoding = wide
        case nil:
            guard source.bytes.prefix(8192).contains(0) else {
                encoding = ISO2022.encoding(of: source.bytes)
                return
            }
            encoding = EncodingDetector.wideEncoding(of: source.bytes)
            if encoding == nil, !isLines { throw Rejection.binary(source.id) }
        }
    }
}

extension EncodingDetector {
    /// The encoding of a source that is not UTF-8.
    static func encoding(of source: Source) throws(Rejection) -> TextEncoding {
        switch detect(source.bytes) {
        case .text(let encoding): return encoding
        case .binary: throw Rejection.binary(source.id)
        case .damagedUTF8(let offset): throw Rejection.undecodable(source, as: .utf8, at: offset)
        case .unknown:
            throw Rejection(
                source: source.id, reason: .undecodable,
                message: "The encoding of the file is not recognised. Convert the file to UTF-8 from the "
                    + "encoding it is in, such as iconv -f ENCODING -t UTF-8 FILE > NEW." + Rejection.missingTables)
        }
    }
}

extension TextDecoder {
    static func decode(_ source: Source, as encoding: TextEncoding) throws(Rejection) -> DecodedText {
        do {
            return try decode(source.bytes, as: encoding)
        } catch {
            switch error {
            case .badByte(let offset): throw Rejection.undecodable(source, as: encoding, at: offset)
            case .missingTable(let missing):
                throw Rejection(
                    source: source.id, reason: .undecodable,
                    message: "The file is \(encoding.rawValue), but iconv on this system has no table for "
                        + "\(missing.rawValue). Install it (one of glibc's gconv modules) or convert the file to UTF-8."
                )
            }
        }
    }
}

extension Rejection {
    package static func empty(_ id: String) -> Rejection {
        Rejection(source: id, reason: .empty, message: "The source contains no text.")
    }

    static func binary(_ id: String) -> Rejection {
        Rejection(source: id, reason: .binary, message: "The source is binary, not text.")
    }

    /// Names the encodings that could not be tried, for the end of a message. Empty on most systems.
    fileprivate static var missingTables: String {
        let missing = CharsetTable.missing.map(\.rawValue).joined(separator: ", ")
        return missing.isEmpty
            ? ""
            : " Not tried, because iconv on this system has no tables (glibc's gconv modules) for them: \(missing)."
    }

    /// A warning if the encoding was guessed by the likelihood of its characters.
    static func guesses(_ id: String, _ encoding: TextEncoding) -> [Rejection] {
        guard encoding.charset != nil else { return [] }
        return [
            Rejection(
                source: id, reason: .guessedEncoding,
                message: "The file is not UTF-8 and was read as \(encoding.rawValue), which is a guess. "
                    + "If that is wrong, convert it to UTF-8: iconv -f ENCODING -t UTF-8 FILE > NEW." + missingTables)
        ]
    }

    static func undecodable(_ source: Source, as encoding: TextEncoding, at offset: Int) -> Rejection {
        let starts = SourceMap.lineStarts(in: source.bytes[..<min(offset, source.bytes.count)])
        return Rejection(
            source: source.id, line: encoding.unit == 1 ? starts.count : nil, reason: .undecodable,
            message: "Byte \(offset) is not \(encoding.rawValue), which the rest appears to be. "
                + "Repair the file or convert it to UTF-8.")
    }
}
