import QuarryTestSupport

extension SeededGenerator {
    /// Scalars of many scripts, marks, joiners and controls.
    mutating func text(upTo length: Int) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x20...0x7E, 0x61...0x7A, 0x00...0x20, 0xA0...0x24F, 0x300...0x36F, 0x370...0x52F,
            0x5D0...0x6FF, 0x900...0x97F, 0xE00...0xE4F, 0x1100...0x11FF, 0x1E00...0x206F, 0x2460...0x24FF,
            0x3000...0x30FF, 0x4E00...0x4FFF, 0xAC00...0xACFF, 0xE000...0xE010, 0xF900...0xFB4F, 0xFE00...0xFE0F,
            0xFF00...0xFFFD, 0x1F1E6...0x1F1FF, 0x1F300...0x1F64F, 0x20000...0x200FF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...length, using: &self) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }
}
