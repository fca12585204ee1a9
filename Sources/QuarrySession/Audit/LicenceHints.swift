import QuarryReaders

/// Finds sentences and lines that say under which licence a text is: SPDX lines, “Licensed under …”, addresses of Creative
/// Commons, “All rights reserved” and «Все права защищены». They are hints, not advice.
package struct LicenceHints {
    package private(set) var names: Set<String> = []

    /// The most hints of one file, and the bytes of one.
    private static let maximumNames = 20
    private static let maximumLength = 60

    package init() {}

    /// Looks for hints in UTF-8.
    ///
    /// - Complexity: O(bytes).
    package mutating func find(in bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count, names.count < Self.maximumNames {
            let byte = bytes[index]
            // The first bytes of all phrases; the Russian one begins with the second byte of в.
            switch byte | 0x20 {
            case UInt8(ascii: "s"): take(bytes, after: Self.spdx, at: index, Self.identifier)
            case UInt8(ascii: "l"): take(bytes, after: Self.licensedUnder, at: index, Self.sentence)
            case UInt8(ascii: "c"): take(bytes, after: Self.creativeCommons, at: index, Self.address)
            case UInt8(ascii: "a"): take(bytes, after: Self.allRights, at: index) { _ in "All rights reserved" }
            default:
                if byte == 0xD1, bytes[index...].starts(with: Self.russianRights) { names.insert("Все права защищены") }
            }
            index += 1
        }
    }

    /// Takes a value of metadata such as `license: MIT`.
    mutating func take(metadata value: String) {
        let name = Self.cut(value.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        if !name.isEmpty { names.insert(name) }
    }

    /// Whether a file is the licence of its folder, by its name.
    static func isLicence(_ name: String) -> Bool { stem(ofLicence: name) != nil }

    /// `LICENSE` of `docs/LICENSE-MIT.txt`; nil for a file that is not a licence.
    private static func stem(ofLicence name: String) -> String? {
        let file = (name.split(separator: "/").last ?? "").uppercased()
        let stem = file.prefix { $0 != "." && $0 != "-" && $0 != "_" }
        return ["LICENSE", "LICENCE", "COPYING", "UNLICENSE", "COPYRIGHT"].contains(stem) ? String(stem) : nil
    }

    /// Takes the licence of a file such as `LICENSE`, if its name says that it is one.
    mutating func take(file name: String, text: String) {
        guard let stem = Self.stem(ofLicence: name) else { return }
        let start = String(decoding: text.utf8.prefix(4096), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        names.insert(Self.knownTexts.first { start.contains($0.phrase) }?.name ?? "\(stem) file")
    }

    /// The first phrase that occurs names the licence.
    private static let knownTexts: [(phrase: String, name: String)] = [
        ("gnu affero general public license", "GNU AGPL"), ("gnu lesser general public license", "GNU LGPL"),
        ("gnu general public license", "GNU GPL"), ("gnu free documentation license", "GNU FDL"),
        ("apache license version 2.0", "Apache License 2.0"), ("mozilla public license", "MPL"),
        ("permission is hereby granted, free of charge", "MIT"),
        ("redistribution and use in source and binary forms", "BSD"),
        ("permission to use, copy, modify, and/or distribute", "ISC"),
        ("free and unencumbered software", "Unlicense"), ("cc0 1.0", "CC0 1.0"),
        ("attribution-noncommercial", "Creative Commons BY-NC"),
        ("attribution-sharealike", "Creative Commons BY-SA"), ("attribution 4.0", "CC BY 4.0"),
    ]

    private static let spdx = Array("spdx-license-identifier:".utf8)
    private static let licensedUnder = Array("licensed under ".utf8)
    private static let creativeCommons = Array("creativecommons.org/".utf8)
    private static let allRights = Array("all rights reserved".utf8)
    /// Without the first letters, which may be a capital.
    private static let russianRights = Array("се права защищены".utf8)

    /// Takes the text after a phrase at an index. The phrase is in lower case.
    private mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, after phrase: [UInt8], at index: Int,
        _ name: (ArraySlice<UInt8>) -> String?
    ) {
        guard index + phrase.count <= bytes.count else { return }
        for (offset, wanted) in phrase.enumerated() {
            let byte = bytes[index + offset]
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            // A phrase may be broken at a line's end.
            guard lower == wanted || wanted == 0x20 && byte == 0x0A else { return }
        }
        let start = index + phrase.count
        guard let name = name(ArraySlice(bytes[start..<min(bytes.count, start + 200)])), !name.isEmpty else { return }
        names.insert(name)
    }

    /// `Apache-2.0 OR MIT`
    private static func identifier(_ rest: ArraySlice<UInt8>) -> String? {
        let allowed = rest.prefix { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || ".+-() ".utf8.contains(byte)
        }
        return cut(String(decoding: allowed, as: UTF8.self).split(separator: " ").joined(separator: " "))
    }

    /// The rest of a sentence, without “the”.
    private static func sentence(_ rest: ArraySlice<UInt8>) -> String? {
        var end = rest.startIndex
        while end < rest.endIndex {
            let byte = rest[end]
            let next = end + 1 < rest.endIndex ? rest[end + 1] : 0x20
            if "()[]<>\"*;:|`".utf8.contains(byte) || byte == UInt8(ascii: ".") && next <= 0x20 { break }
            if byte == 0x0A, next <= 0x20 || next == UInt8(ascii: "#") { break }
            end += 1
        }
        let words = String(decoding: rest[..<end], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let named = words.first?.lowercased() == "the" ? words.dropFirst() : words[...]
        return cut(named.joined(separator: " "))
    }

    /// `licenses/by-sa/4.0/` as `CC BY-SA 4.0`.
    private static func address(_ rest: ArraySlice<UInt8>) -> String? {
        let path = String(decoding: rest.prefix { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x29 }, as: UTF8.self)
        let parts = path.lowercased().split(separator: "/")
        guard parts.count >= 2 else { return nil }
        let version = parts.count > 2 ? parts[2].prefix { $0.isNumber || $0 == "." } : ""
        let name: String? =
            switch (parts[0], parts[1]) {
            case ("publicdomain", "zero"): "CC0"
            case ("publicdomain", "mark"): "Public Domain Mark"
            case ("licenses", let code) where code.allSatisfy({ $0.isLetter || $0 == "-" || $0 == "+" }):
                "CC " + cut(code.uppercased())
            default: nil
            }
        return name.map { version.isEmpty ? $0 : "\($0) \(version.prefix(8))" }
    }

    /// A name of bounded length, cut between words.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumLength else { return text }
        var short = ""
        for word in text.split(separator: " ") {
            guard short.utf8.count + word.utf8.count < maximumLength else { break }
            short += (short.isEmpty ? "" : " ") + word
        }
        return short.isEmpty ? String(text.prefix(20)) + "…" : short + " …"
    }
}
