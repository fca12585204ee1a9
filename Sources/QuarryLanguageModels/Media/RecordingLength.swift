/// The length of a recording, from its container.
///
/// Supported are WAV, FLAC (RFC 9639), Ogg with Opus or Vorbis (RFC 3533), MP4 (ISO 14496-12) and MP3, by counting
/// frames. The length of other formats, and of streams without a length, is unknown.
enum RecordingLength {
    /// Seconds; nil if unknown.
    static func seconds(of bytes: [UInt8]) -> Double? {
        let reader = ByteReader(bytes: bytes)
        let seconds: Double? =
            if reader.has("RIFF", at: 0), reader.has("WAVE", at: 8) {
                wav(reader)
            } else if reader.has("fLaC", at: 0) {
                flac(reader)
            } else if reader.has("OggS", at: 0) {
                ogg(reader)
            } else if reader.has("ftyp", at: 4) {
                mp4(reader)
            } else {
                mp3(reader)
            }
        return seconds.flatMap { $0 > 0 && $0 < 1e9 ? $0 : nil }
    }

    private static func wav(_ reader: ByteReader) -> Double? {
        var position = 12
        var bytesPerSecond = 0
        while let size = reader.number(at: position + 4, bytes: 4, isLittle: true) {
            if reader.has("fmt ", at: position) {
                bytesPerSecond = reader.number(at: position + 16, bytes: 4, isLittle: true) ?? 0
            } else if reader.has("data", at: position) {
                // A stream written during the recording has the maximum size in its header.
                let data = min(size, reader.count - position - 8)
                return bytesPerSecond > 0 ? Double(data) / Double(bytesPerSecond) : nil
            }
            position += 8 + size + size % 2
        }
        return nil
    }

    private static func flac(_ reader: ByteReader) -> Double? {
        // 20 bits of sample rate, 8 of channels and depth, 36 of samples.
        guard let bits = reader.number(at: 18, bytes: 8, isLittle: false, limit: .max) else { return nil }
        let rate = bits >> 44 & 0xF_FFFF
        let samples = bits & 0xF_FFFF_FFFF
        return rate > 0 ? Double(samples) / Double(rate) : nil
    }

    private static func ogg(_ reader: ByteReader) -> Double? {
        let head = reader.first("OpusHead", in: 0..<min(reader.count, 256))
        let vorbis = reader.first("\u{1}vorbis", in: 0..<min(reader.count, 256))
        let rate = head != nil ? 48_000 : vorbis.flatMap { reader.number(at: $0 + 12, bytes: 4, isLittle: true) }
        guard let rate, rate > 0, let page = reader.last("OggS"),
            let samples = reader.number(at: page + 6, bytes: 8, isLittle: true)
        else { return nil }
        return Double(samples) / Double(rate)
    }

    private static func mp4(_ reader: ByteReader) -> Double? {
        guard let movie = reader.box("moov", in: 0..<reader.count), let header = reader.box("mvhd", in: movie) else {
            return nil
        }
        let isLong = reader.number(at: header.lowerBound, bytes: 1, isLittle: false) == 1
        let scale = header.lowerBound + (isLong ? 20 : 12)
        guard let ticks = reader.number(at: scale, bytes: 4, isLittle: false), ticks > 0,
            let length = reader.number(at: scale + 4, bytes: isLong ? 8 : 4, isLittle: false)
        else { return nil }
        return Double(length) / Double(ticks)
    }

    /// Counts consecutive frames. The rest after the last valid frame is assumed to be similar.
    private static func mp3(_ reader: ByteReader) -> Double? {
        var position = 0
        if reader.has("ID3", at: 0), let size = reader.number(at: 6, bytes: 4, isLittle: false) {
            // Each byte has seven significant bits.
            position = 10 + [24, 16, 8, 0].reduce(0) { $0 << 7 | (size >> $1 & 0x7F) }
        }
        let start = position
        var seconds = 0.0
        var count = 0
        while let frame = MP3Frame(reader, at: position) {
            seconds += frame.seconds
            position += frame.bytes
            count += 1
        }
        // A few bytes may look like a frame by chance.
        guard count >= 4, position <= reader.count + 4_096 else { return nil }
        return seconds * Double(max(reader.count, position) - start) / Double(position - start)
    }
}

/// The head of a frame of MPEG audio, layer III.
private struct MP3Frame {
    var bytes: Int
    var seconds: Double

    private static let kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    private static let lowKilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
    private static let rates = [44_100, 48_000, 32_000]

    init?(_ reader: ByteReader, at position: Int) {
        guard let head = reader.number(at: position, bytes: 4, isLittle: false), head >> 21 == 0x7FF,
            head >> 17 & 3 == 1
        else { return nil }
        let (version, rate, index) = (head >> 19 & 3, head >> 10 & 3, head >> 12 & 15)
        guard version != 1, rate < 3, (1...14).contains(index) else { return nil }
        let isFirst = version == 3
        let hertz = Self.rates[rate] / (isFirst ? 1 : version == 2 ? 2 : 4)
        let samples = isFirst ? 1152 : 576
        let bits = (isFirst ? Self.kilobits : Self.lowKilobits)[index] * 1000
        bytes = samples / 8 * bits / hertz + (head >> 9 & 1)
        seconds = Double(samples) / Double(hertz)
    }
}

/// Reads words and numbers at offsets, with bounds checks.
private struct ByteReader {
    let bytes: [UInt8]

    var count: Int { bytes.count }

    func has(_ word: StaticString, at position: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position >= 0, position <= count - length else { return false }
        return bytes[position..<position + length].elementsEqual(
            UnsafeBufferPointer(start: word.utf8Start, count: length))
    }

    func first(_ word: StaticString, in range: Range<Int>) -> Int? { range.first { has(word, at: $0) } }

    func last(_ word: StaticString) -> Int? { bytes.indices.last { has(word, at: $0) } }

    /// Nil beyond the end or above the limit, so that sums of offsets cannot overflow.
    func number(at position: Int, bytes length: Int, isLittle: Bool, limit: UInt64 = 1 << 62) -> Int? {
        guard position >= 0, position <= count - length else { return nil }
        let part = bytes[position..<position + length]
        let value = (isLittle ? Array(part.reversed()) : Array(part)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value <= limit ? Int(truncatingIfNeeded: value) : nil
    }

    /// The content of an MP4 box.
    func box(_ name: StaticString, in range: Range<Int>) -> Range<Int>? {
        var position = range.lowerBound
        while let short = number(at: position, bytes: 4, isLittle: false), position < range.upperBound {
            let isLong = short == 1
            // A size of zero means up to the end.
            let size =
                isLong
                ? number(at: position + 8, bytes: 8, isLittle: false) ?? 0
                : short == 0 ? range.upperBound - position : short
            let head = isLong ? 16 : 8
            guard size >= head, size <= range.upperBound - position else { return nil }
            if has(name, at: position + 4) { return position + head..<position + size }
            position += size
        }
        return nil
    }
}
