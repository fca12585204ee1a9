/// Folders of messages, each in a file without an extension.
enum Maildir {
    /// Whether a path is that of a message: its folder is `cur` or `new`.
    static func holds(_ path: String) -> Bool {
        let folder = path.split(separator: "/").dropLast().last
        return folder == "cur" || folder == "new"
    }

    /// Whether a path is that of a message by its name too: a time and the name of a machine, such as
    /// `new/1700000000.M1.example.org`, which ends like a file with an extension.
    static func names(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let time = name.prefix { $0.isASCII && $0.isNumber }
        return time.count >= 9 && name.dropFirst(time.count).first == "." && holds(path)
    }

    /// Whether bytes begin as a message does: with header fields, of which two are among the usual ones.
    static func isMail(_ bytes: [UInt8]) -> Bool {
        let names = Set(MailFields(bytes, in: 0..<min(bytes.count, 1 << 16)).fields.map(\.name))
        return names.intersection(["from", "to", "date", "subject", "received", "return-path", "message-id"]).count >= 2
    }
}
