import Foundation
public import QuarryCore
import QuarryPrograms

/// Reads documents of Office before 2007 (DOC, XLS, PPT): LibreOffice converts them, and the reader of the newer format
/// reads the result.
///
/// LibreOffice runs in a process of its own, with limits on time and memory, with a profile of its own that runs no
/// macros and follows no links. Places, offsets and lines are those of the newer format.
public struct LegacyOfficeReader: Reader {
    public enum Format: Sendable, Hashable, CaseIterable { case word, excel, powerPoint }

    private let format: Format
    private let keepsHidden: Bool
    private let libreOffice: Program?

    /// - `keepsHidden`: Whether hidden text of a document and hidden sheets are kept.
    public init(_ format: Format, keepsHidden: Bool = false) {
        self.init(format, keepsHidden: keepsHidden, environment: ProcessInfo.processInfo.environment)
    }

    package init(_ format: Format, keepsHidden: Bool = false, environment: [String: String]) {
        self.format = format
        self.keepsHidden = keepsHidden
        libreOffice =
            ["soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"].lazy
            .compactMap { Program.find($0, environment: environment) }.first
    }

    public var formatName: String {
        switch format {
        case .word: "Word before 2007"
        case .excel: "Excel before 2007"
        case .powerPoint: "PowerPoint before 2007"
        }
    }
    public var pathExtensions: Set<String> {
        switch format {
        case .word: ["doc"]
        case .excel: ["xls"]
        case .powerPoint: ["ppt", "pps"]
        }
    }
    public var obstacle: String? {
        guard libreOffice == nil else { return nil }
        let part =
            switch format {
            case .word: "writer"
            case .excel: "calc"
            case .powerPoint: "impress"
            }
        return "LibreOffice is not installed (Debian: libreoffice-\(part)-nogui)"
    }
    /// With those of the formats that a file can have, and another one without LibreOffice, so that files are read again.
    public var version: String {
        let others = [reader, HTMLReader(keepsHidden: keepsHidden), RTFReader()] as [any Reader]
        return "office97/\(libreOffice == nil ? 0 : 1) " + others.map(\.version).joined(separator: " ")
    }

    private var reader: any Reader {
        switch format {
        case .word: DOCXReader(keepsHidden: keepsHidden)
        case .excel: XLSXReader(keepsHidden: keepsHidden)
        case .powerPoint: PPTXReader()
        }
    }

    private var newExtension: String {
        switch format {
        case .word: "docx"
        case .excel: "xlsx"
        case .powerPoint: "pptx"
        }
    }

    private static let limits = ProgramLimits(duration: .seconds(120), outputBytes: 1 << 20, memoryBytes: 4 << 30)
    /// Larger results are rejected.
    private static let maximumBytes = 256 << 20

    public func read(_ source: Source) async throws -> ReadResult {
        guard !source.bytes.isEmpty else { return ReadResult(rejected: [.empty(source.id)]) }
        if let other = other(than: reader, for: source.bytes) { return try await other.read(source) }
        do {
            guard source.bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
                throw Rejection(
                    source: source.id, reason: .unsupportedFormat,
                    message: "It does not begin as a document of Office before 2007.")
            }
            return try await reader.read(Source(id: source.id, bytes: try await converted(source)))
        } catch let error as Rejection where error.reason == .unsupportedFormat && !source.isExplicit {
            return ReadResult(skipped: error)
        } catch let error as Rejection {
            return ReadResult(rejected: [error])
        }
    }

    /// The reader of another format, which programs write under the old extensions; nil for the old one.
    private func other(than new: any Reader, for bytes: [UInt8]) -> (any Reader)? {
        if bytes.starts(with: "PK".utf8) { return new }
        if bytes.starts(with: "{\\rtf".utf8) { return RTFReader() }
        let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased()
        return ["<html", "<!doctype html"].contains { start.drop { "\u{FEFF} \r\n\t".contains($0) }.hasPrefix($0) }
            ? HTMLReader(keepsHidden: keepsHidden) : nil
    }

    /// The document in the newer format.
    private func converted(_ source: Source) async throws -> [UInt8] {
        guard let libreOffice else {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat, message: "It cannot be read here: \(obstacle ?? "").")
        }
        let input = "input." + (pathExtensions.min() ?? "")
        return try await withTemporaryFile(source.bytes, named: input) { (path: String) async throws -> [UInt8] in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            let profile = folder.appending(path: "profile")
            try LibreOfficeProfile.write(to: profile)
            let output: ProgramOutput
            do {
                output = try await libreOffice.run(
                    [
                        "-env:UserInstallation=\(profile.absoluteString)", "--headless", "--norestore", "--nologo",
                        "--nodefault", "--nolockcheck", "--convert-to", newExtension, "--outdir", folder.path, path,
                    ],
                    environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": folder.path],
                    limits: Self.limits)
            } catch let error as ProgramError {
                throw Rejection(source: source.id, reason: .undecodable, message: "It cannot be read: \(error)")
            }
            return try Self.result(folder.appending(path: "input.\(newExtension)"), of: source, output)
        }
    }

    private static func result(_ file: URL, of source: Source, _ output: ProgramOutput) throws -> [UInt8] {
        guard let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            let reason = output.succeeded ? "" : " (LibreOffice ended with \(output.end))"
            throw Rejection(
                source: source.id, reason: .undecodable,
                message: "LibreOffice cannot open it\(reason). It may be damaged, or need a password.")
        }
        guard size <= maximumBytes else {
            throw Rejection(
                source: source.id, reason: .tooLarge,
                message: "In the newer format it has \(size) bytes, more than \(maximumBytes).")
        }
        return [UInt8](try Data(contentsOf: file))
    }
}

/// The settings with which LibreOffice runs: no macros, and nothing is loaded from the addresses in a document. What
/// it loads without asking, such as linked pictures, is asked of a proxy that does not exist (port 9 of this machine).
private enum LibreOfficeProfile {
    static func write(to folder: URL) throws {
        let user = folder.appending(path: "user")
        try FileManager.default.createDirectory(at: user, withIntermediateDirectories: true)
        try Data(settings.utf8).write(to: user.appending(path: "registrymodifications.xcu"))
    }

    private static let settings = """
        <?xml version="1.0" encoding="UTF-8"?>
        <oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" \
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        \(item("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"))
        \(item("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"))
        \(item("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"))
        \(item("Office.Writer/Content/Update", "Link", "0"))
        \(item("Office.Calc/Content/Update", "Link", "2"))
        \(item("Inet/Settings", "ooInetProxyType", "2"))
        \(item("Inet/Settings", "ooInetNoProxy", ""))
        \(item("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"))
        \(item("Inet/Settings", "ooInetHTTPProxyPort", "9"))
        \(item("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"))
        \(item("Inet/Settings", "ooInetHTTPSProxyPort", "9"))
        </oor:items>
        """

    private static func item(_ path: String, _ name: String, _ value: String) -> String {
        """
        <item oor:path="/org.openoffice.\(path)"><prop oor:name="\(name)" oor:op="fuse">\
        <value>\(value)</value></prop></item>
        """
    }
}
