import ArgumentParser
import Foundation
import Quarry
import QuarrySession

/// How PDF files and scans are read.
struct PDFOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help:
            "Recognise the text of scanned pages and pictures with tesseract. It takes seconds a page. The index remembers it."
    )
    var ocr: Bool?

    @Option(
        help: ArgumentHelp(
            "Languages of scanned text, by tesseract's names. The default is \(TextRecognition().languages.joined(separator: "+")).",
            valueName: "languages"))
    var ocrLanguages: String?

    @Option(
        help: ArgumentHelp(
            "The password of encrypted PDF files: ask (on the terminal), env:NAME (a variable) or file:PATH (its first line). It is not stored, but other users of this machine can see it while poppler runs.",
            valueName: "source"))
    var pdfPassword: PasswordSource?

    func validate() throws {
        if ocrLanguages != nil, ocr == false { throw ValidationError("--ocr-languages does not go with --no-ocr.") }
        if let text = ocrLanguages, languages(text).isEmpty {
            throw ValidationError("--ocr-languages “\(text)” names no language, such as rus+eng.")
        }
    }

    /// The options of an index with those named here.
    func applied(to options: ReadingOptions) -> ReadingOptions {
        var options = options
        if ocr == false { options.ocr = nil }
        if ocr == true || ocrLanguages != nil { options.ocr = options.ocr ?? TextRecognition() }
        if let ocrLanguages { options.ocr?.languages = languages(ocrLanguages) }
        return options
    }

    private func languages(_ text: String) -> [String] { text.split { "+, ".contains($0) }.map(String.init) }

    /// - Throws: `ValidationError` if the password is not available.
    func password() throws -> String? { try pdfPassword?.password() }
}

/// Where a password comes from: not from the arguments of this program, which a shell keeps.
enum PasswordSource: ExpressibleByArgument {
    case terminal
    case environment(String)
    case file(String)
    /// Another form: perhaps the password itself. Messages do not repeat it.
    case unknown

    init?(argument: String) {
        if argument == "ask" {
            self = .terminal
        } else if argument.hasPrefix("env:"), argument.count > 4 {
            self = .environment(String(argument.dropFirst(4)))
        } else if argument.hasPrefix("file:"), argument.count > 5 {
            self = .file(String(argument.dropFirst(5)))
        } else {
            self = .unknown
        }
    }

    fileprivate func password() throws -> String {
        let password: String
        switch self {
        case .unknown:
            throw ValidationError("--pdf-password takes ask, env:NAME or file:PATH, not the password itself.")
        case .terminal:
            guard Console.canAsk else {
                throw ValidationError("--pdf-password ask needs a terminal. Use env:NAME or file:PATH.")
            }
            // It does not show what is typed.
            password = getpass("Password of the PDF files: ").map { String(cString: $0) } ?? ""
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else {
                throw ValidationError("The variable \(name) of --pdf-password is not set.")
            }
            password = value
        case .file(let path):
            guard let content = try FileAccess.system.read(path) else {
                throw ValidationError("The file “\(path)” of --pdf-password does not exist.")
            }
            let line = content.bytes.prefix { $0 != 0x0A && $0 != 0x0D }
            password = String(decoding: line, as: UTF8.self)
        }
        guard !password.isEmpty else { throw ValidationError("The password of --pdf-password is empty.") }
        return password
    }
}
