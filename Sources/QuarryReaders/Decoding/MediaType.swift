/// A media type as a server gives it, such as `text/html; charset=koi8-r` (RFC 9110, 8.3).
struct MediaType {
    /// In lower case, without parameters.
    let essence: String
    /// The encoding that it names, if Quarry reads it.
    let encoding: TextEncoding?

    init(_ text: String) {
        let parts = text.prefix(Self.maximumBytes).split(separator: ";", omittingEmptySubsequences: false)
        essence = String(parts[0].filter { !$0.isWhitespace }).lowercased()
        encoding =
            parts.dropFirst().lazy.compactMap { parameter -> TextEncoding? in
                let pair = parameter.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }).lowercased() == "charset" else {
                    return nil
                }
                return TextEncoding(label: String(pair[1]))
            }.first
    }

    /// The longest header field to look at.
    private static let maximumBytes = 512

    /// Whether it says nothing about the format, so that the name of a file says more.
    var isGeneric: Bool {
        ["", "text/plain", "application/octet-stream", "binary/octet-stream", "application/unknown"].contains(essence)
    }

    /// The extension of files of this type; nil if the content decides.
    var pathExtension: String? {
        if let known = Self.pathExtensions[essence] { return known }
        let (type, subtype) = (essence.prefix { $0 != "/" }, essence.drop { $0 != "/" }.dropFirst())
        if subtype.hasSuffix("+json") { return "json" }
        if subtype.hasSuffix("+xml") { return essence == "image/svg+xml" ? "svg" : "xml" }
        if subtype.hasSuffix("+zip") || subtype.hasSuffix("+gzip") { return "zip" }
        switch type {
        case "text": return "txt"
        case "image", "font": return "bmp"
        case "audio": return "mp3"
        case "video": return "avi"
        default: return isGeneric ? nil : "bin"
        }
    }

    /// Of the types whose files have readers, and of common pictures and recordings.
    private static let pathExtensions: [String: String] = [
        "text/html": "html", "application/xhtml+xml": "xhtml", "text/plain": "txt", "text/markdown": "md",
        "text/x-markdown": "md", "application/pdf": "pdf", "application/x-pdf": "pdf", "application/json": "json",
        "text/json": "json", "application/x-ndjson": "jsonl", "application/jsonl": "jsonl",
        "application/x-jsonlines": "jsonl", "application/xml": "xml", "text/xml": "xml", "text/csv": "csv",
        "text/tab-separated-values": "tsv", "application/rtf": "rtf", "text/rtf": "rtf",
        "application/epub+zip": "epub", "message/rfc822": "eml", "application/mbox": "mbox", "text/vtt": "vtt",
        "application/x-subrip": "srt", "application/x-ipynb+json": "ipynb",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
        "application/vnd.oasis.opendocument.presentation": "odp", "application/msword": "doc",
        "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt", "application/yaml": "yaml",
        "application/x-yaml": "yaml", "application/toml": "toml", "application/javascript": "js",
        "application/x-javascript": "js", "application/sql": "sql", "application/x-sh": "sh",
        "application/x-tex": "tex", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp",
        "audio/mpeg": "mp3", "audio/wav": "wav", "audio/flac": "flac", "audio/ogg": "ogg", "video/mp4": "mp4",
        "video/webm": "webm",
    ]
}
