import QuarryLanguageModels
import Testing

@Suite struct RecordingLengthTests {
    private func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] { big(value, count).reversed() }

    private func seconds(_ bytes: [UInt8]) -> Double { RemoteTranscriber.seconds(of: bytes) }

    /// 16,000 samples of 16 bits for each second.
    private func wav(seconds: Int, announced: Int? = nil) -> [UInt8] {
        let format = little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2) + little(16, 2)
        let size = seconds * 32_000
        return Array("RIFF".utf8) + little(announced ?? size + 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + format
            + Array("LIST".utf8) + little(3, 4) + [1, 2, 3, 0] + Array("data".utf8) + little(announced ?? size, 4)
            + [UInt8](repeating: 0, count: size)
    }

    @Test func `the length of a WAV is in its header, or it ends with the file`() {
        #expect(seconds(wav(seconds: 7)) == 7)
        #expect(seconds(wav(seconds: 7, announced: 0xFFFF_FFFF)) == 7)
    }

    @Test func `the length of a FLAC is in its samples`() {
        let facts = big(44_100 << 44 | 0x0F << 36 | 441_000, 8)
        let head = Array("fLaC".utf8) + [0] + big(34, 3) + [UInt8](repeating: 1, count: 10)
        #expect(seconds(head + facts + [UInt8](repeating: 0, count: 100)) == 10)
        // Without a number of samples, 4,000 bytes count as a second.
        let unknown = head + big(44_100 << 44, 8) + [UInt8](repeating: 0, count: 3974)
        #expect(seconds(unknown) == 1)
    }

    @Test func `the length of an Ogg is in its last page`() {
        func page(_ samples: Int, _ content: [UInt8]) -> [UInt8] {
            Array("OggS".utf8) + [0, 0] + little(samples, 8) + [UInt8](repeating: 0, count: 14) + content
        }
        let opus = page(0, Array("OpusHead".utf8) + [1, 1]) + page(48_000 * 3, [9]) + page(48_000 * 90, [9])
        #expect(seconds(opus) == 90)
        let vorbis =
            page(0, [1] + Array("vorbis".utf8) + little(0, 4) + [1] + little(22_050, 4)) + page(22_050 * 8, [9])
        #expect(seconds(vorbis) == 8)
    }

    @Test(arguments: [false, true]) func `the length of an MP4 is in its header`(isLong: Bool) {
        func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
            big(content.count + 8, 4) + Array(name.utf8) + content
        }
        let header =
            isLong
            ? [1, 0, 0, 0] + big(5, 8) + big(5, 8) + big(600, 4) + big(600 * 75, 8)
            : [0, 0, 0, 0] + big(5, 4) + big(5, 4) + big(600, 4) + big(600 * 75, 4)
        let file =
            box("ftyp", Array("M4A isom".utf8)) + box("mdat", [UInt8](repeating: 7, count: 999))
            + box("moov", box("free", [1]) + box("mvhd", header + [0, 0]))
        #expect(seconds(file) == 75)
    }

    @Test func `the frames of an MP3 are counted, also after a tag`() {
        // 16 kbit/s of MPEG-2 at 16,000 samples a second: 72 bytes are 36 ms. By its size alone it would be half a
        // minute.
        let frame: [UInt8] = [0xFF, 0xF3, 0x28, 0xC0] + [UInt8](repeating: 0, count: 68)
        let frames = (0..<1500).flatMap { _ in frame }
        #expect(abs(seconds(frames) - 54) < 0.01)
        let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 128)
        #expect(abs(seconds(tag + frames) - 54) < 0.01)
        // Unreadable bytes after them are assumed to be similar.
        #expect(seconds(frames + [UInt8](repeating: 0, count: 108_000)) > 107)
    }

    /// A small file of each kind.
    private var samples: [[UInt8]] {
        func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
            big(content.count + 8, 4) + Array(name.utf8) + content
        }
        let movie = [0, 0, 0, 0] + big(5, 4) + big(5, 4) + big(600, 4) + big(600 * 75, 4) + [0, 0]
        let frame: [UInt8] = [0xFF, 0xF3, 0x28, 0xC0] + [UInt8](repeating: 0, count: 68)
        return [
            Array(wav(seconds: 1).prefix(200)),
            Array("fLaC".utf8) + [UInt8](repeating: 1, count: 14) + big(44_100 << 44 | 0x0F << 36 | 441_000, 8),
            Array("OggS".utf8) + [0, 0] + little(0, 8) + [UInt8](repeating: 0, count: 14) + Array("OpusHead".utf8)
                + Array("OggS".utf8) + [0, 0] + little(48_000, 8),
            box("ftyp", Array("M4A isom".utf8)) + box("moov", box("free", [1]) + box("mvhd", movie)),
            Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 8) + frame + frame + frame + frame
                + frame,
        ]
    }

    @Test func `a damaged recording does not crash`() {
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, count)
        }
        for sample in samples {
            for length in sample.indices { #expect(seconds(Array(sample.prefix(length))) >= 0) }
            for _ in 0..<4_000 {
                var damaged = sample
                for _ in 0...random(6) {
                    let byte = [0, 1, 0x7F, 0x80, 0xFF, UInt8(random(256))][random(6)]
                    let start = random(damaged.count)
                    for place in start..<min(damaged.count, start + 1 + random(8)) { damaged[place] = byte }
                }
                let seconds = seconds(damaged)
                #expect(seconds >= 0 && seconds < 1e9)
                #expect(RemoteTranscriber.tokens(in: seconds) >= 0)
            }
        }
    }
}
