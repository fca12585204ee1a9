/// Finds e-mail addresses around each `@`.
struct EmailScan {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The longest local part and domain (RFC 5321, 4.5.3.1).
    private static let longestLocalPart = 64
    private static let longestDomain = 255
    /// Endings of file names that are not top-level domains: `icon@2x.png`.
    private static let fileExtensions: Set<String> = [
        "css", "gif", "html", "jpeg", "jpg", "js", "json", "png", "svg", "webp", "xml",
    ]

    func ranges() -> [Range<Int>] {
        var found: [Range<Int>] = []
        for offset in bytes.indices where bytes[offset] == 0x40 {
            if let range = address(around: offset), range.lowerBound >= found.last?.upperBound ?? 0 {
                found.append(range)
            }
        }
        return found
    }

    private func address(around sign: Int) -> Range<Int>? {
        guard let start = localPart(before: sign), let end = domainEnd(after: sign) else { return nil }
        // `git@host.org:project/file` is a place of a program, not of a person.
        if end + 1 < bytes.count, bytes[end] == 0x3A, isLetterOrDigit(bytes[end + 1]) || bytes[end + 1] == 0x2F {
            return nil
        }
        if end < bytes.count, bytes[end] == 0x40 { return nil }
        if start > 0, bytes[start - 1] == 0x40 { return nil }
        return isInURL(start) ? nil : start..<end
    }

    private func localPart(before sign: Int) -> Int? {
        var start = sign
        let isCyrillic = sign >= 2 && bytes[sign - 2] & 0xFC == 0xD0
        while start > 0, sign - start <= Self.longestLocalPart {
            let byte = bytes[start - 1]
            if isLetterOrDigit(byte) || isMark(byte) {
                start -= 1
            } else if start >= 2, isLetterPair(bytes[start - 2], byte, cyrillic: isCyrillic) {
                start -= 2
            } else {
                break
            }
        }
        guard sign - start <= Self.longestLocalPart, start < sign, bytes[sign - 1] != 0x2E else { return nil }
        while start < sign, isMark(bytes[start]), bytes[start] != 0x5F { start += 1 }
        guard (start..<sign).contains(where: { bytes[$0] >= 0x80 || isLetterOrDigit(bytes[$0]) }) else { return nil }
        return start
    }

    private func domainEnd(after sign: Int) -> Int? {
        var end = sign + 1
        let isCyrillic = end < bytes.count && bytes[end] & 0xFC == 0xD0
        while end < bytes.count, end - sign <= Self.longestDomain {
            let byte = bytes[end]
            if isLetterOrDigit(byte) || byte == 0x2D || byte == 0x2E {
                end += 1
            } else if end + 1 < bytes.count, isLetterPair(byte, bytes[end + 1], cyrillic: isCyrillic) {
                end += 2
            } else {
                break
            }
        }
        while end > sign + 1, bytes[end - 1] == 0x2E || bytes[end - 1] == 0x2D { end -= 1 }
        let labels = bytes[sign + 1..<end].split(separator: 0x2E, omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, labels.allSatisfy({ isLabel($0) }), isTopLevel(top) else {
            return nil
        }
        return end
    }

    private func isLabel(_ label: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = label.first, let last = label.last else { return false }
        return first != 0x2D && last != 0x2D && label.count <= 126
    }

    private func isTopLevel(_ label: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        if label.starts(with: Array("xn--".utf8)) { return true }
        guard label.count >= 2, label.allSatisfy({ $0 >= 0x80 || isLetter($0) }) else { return false }
        return label.count <= 24 && !Self.fileExtensions.contains(String(decoding: label, as: UTF8.self).lowercased())
    }

    /// Whether a part of a URL comes before: `https://user@host.org`, `ftp://user:word@host.org`.
    private func isInURL(_ start: Int) -> Bool {
        if start > 0, bytes[start - 1] == 0x2F { return true }
        guard start > 0, bytes[start - 1] == 0x3A else { return false }
        var offset = start - 1
        while offset > 1, start - offset < 80, bytes[offset] > 0x20 {
            if bytes[offset] == 0x2F, bytes[offset - 1] == 0x2F { return true }
            offset -= 1
        }
        return false
    }

    private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || byte &- 0x30 < 10 }
    private func isMark(_ byte: UInt8) -> Bool {
        byte == 0x2E || byte == 0x5F || byte == 0x2D || byte == 0x2B || byte == 0x25 || byte == 0x27
    }

    /// A letter of two bytes: Latin with marks anywhere, Cyrillic only in an address that is Cyrillic next to the `@`,
    /// so that Russian text beside a Latin address is not part of it.
    private func isLetterPair(_ first: UInt8, _ second: UInt8, cyrillic: Bool) -> Bool {
        guard second & 0xC0 == 0x80 else { return false }
        return (0xC3...0xC9).contains(first) || (cyrillic && first & 0xFC == 0xD0)
    }
}
