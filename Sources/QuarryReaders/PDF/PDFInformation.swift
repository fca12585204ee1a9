import QuarryCore

/// The title and metadata that `pdfinfo` prints, and the names that `pdfdetach` prints.
struct PDFInformation {
    private(set) var title: String?
    private(set) var metadata: [String: MetadataValue] = [:]

    private static let names = [
        "Author": "author", "Subject": "subject", "Keywords": "keywords", "CreationDate": "created",
        "ModDate": "modified",
    ]

    /// Not the number or the file name that some programs write in place of a title.
    private static func isTitle(_ value: String) -> Bool {
        let lower = value.lowercased()
        let ends = [
            ".doc", ".docx", ".rtf", ".odt", ".pdf", ".tex", ".dvi", ".indd", ".qxd", ".xls", ".xlsx", ".ppt", ".pptx",
        ]
        return value.contains(where: \.isLetter) && !lower.hasPrefix("microsoft word -")
            && !lower.hasPrefix("microsoft powerpoint -") && !lower.hasPrefix("untitled")
            && !ends.contains(where: lower.hasSuffix)
    }

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self).joiningWords()
            guard !value.isEmpty, value.utf8.count <= 4096 else { continue }
            if name == "Title", Self.isTitle(value) { title = value }
            if let key = Self.names[name] { metadata[key] = .string(value) }
            if name == "Pages" { metadata["pages"] = Double(value).map { .number($0) } }
        }
    }

    /// The names in a list of `pdfdetach`, such as `1: costs.xlsx`.
    static func attachments(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(\.isASCIIDigit)
            else { return nil }
            return String(decoding: line[(colon + 1)...], as: UTF8.self).joiningWords()
        }
    }
}
