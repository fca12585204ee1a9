/// Makes zip archives of files that are stored, not compressed.
enum ZipWriter {
    static func archive(_ files: [(name: String, text: String)]) -> [UInt8] {
        archive(files.map { ($0.name, Array($0.text.utf8)) })
    }

    static func archive(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        archive(files.map { (Array($0.name.utf8), $0.bytes) }, flags: 0x0800)
    }

    /// - `flags`: 0x0800 if the names are UTF-8.
    static func archive(_ files: [(name: [UInt8], bytes: [UInt8])], flags: Int) -> [UInt8] {
        var (zip, directory) = ([UInt8](), [UInt8]())
        for (name, bytes) in files {
            let offset = zip.count
            // The part of the header that the directory repeats: version, flags, method, time, checksum and sizes.
            let header =
                two(20) + two(flags) + two(0) + two(0) + two(0x21) + four(Int(checksum(bytes))) + four(bytes.count)
                + four(bytes.count) + two(name.count) + two(0)
            zip += [0x50, 0x4B, 3, 4] + header + name + bytes
            directory += [0x50, 0x4B, 1, 2] + two(20) + header + two(0) + two(0) + two(0) + four(0) + four(offset)
            directory += name
        }
        let end =
            [0x50, 0x4B, 5, 6] + two(0) + two(0) + two(files.count) + two(files.count) + four(directory.count)
            + four(zip.count) + two(0)
        return zip + directory + end
    }

    private static func two(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF)] }

    private static func four(_ number: Int) -> [UInt8] { two(number) + two(number >> 16) }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
