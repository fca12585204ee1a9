import Foundation
import QuarryCore
import QuarryPrograms

/// Recognises text with `tesseract`, in a process of its own with limits on time, memory and output.
struct Tesseract: Sendable {
    private let program: Program
    private let environment: [String: String]
    let options: TextRecognition
    /// The part of a reader's version, so that files are read again when other languages are wanted or found.
    let mark: String

    static let missing = "tesseract is not installed (Debian: tesseract-ocr tesseract-ocr-rus)"

    /// Nil if the program is not installed.
    init?(_ options: TextRecognition, environment: [String: String]) {
        guard let program = Program.find("tesseract", environment: environment) else { return nil }
        self.program = program
        self.options = options
        // The pages of a file are recognised one after another, and files side by side.
        var variables = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "OMP_THREAD_LIMIT": "1"]
        variables["TESSDATA_PREFIX"] = environment["TESSDATA_PREFIX"]
        self.environment = variables
        let folders = Self.dataFolders(of: program, variables["TESSDATA_PREFIX"])
        let found =
            folders.isEmpty
            ? options.languages
            : options.languages.filter { language in
                folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(language).traineddata") }
            }
        mark = "+ocr(\(found.joined(separator: "+")))"
    }

    /// The folders with the data of languages: what `TESSDATA_PREFIX` names, or those beside the program. Empty if its place
    /// is not known.
    private static func dataFolders(of program: Program, _ prefix: String?) -> [String] {
        let files = FileManager.default
        let share = URL(fileURLWithPath: program.path).deletingLastPathComponent().path + "/../share"
        let versions = (try? files.contentsOfDirectory(atPath: share + "/tesseract-ocr")) ?? []
        let folders =
            prefix.map { [$0, $0 + "/tessdata"] }
            ?? [share + "/tessdata"] + versions.map { "\(share)/tesseract-ocr/\($0)/tessdata" }
        return folders.filter(files.fileExists)
    }

    private static let limits = ProgramLimits(
        duration: .seconds(120), outputBytes: 64 << 20, memoryBytes: 3 << 30)

    /// Those of the wanted languages that are installed, as tesseract takes them.
    ///
    /// - Throws: ``ProgramError``, also if none is installed.
    func languages() async throws -> String {
        let output = try await program.run(["--list-langs"], environment: environment, limits: Self.limits)
        let installed = Set(
            String(decoding: output.bytes, as: UTF8.self).split(separator: "\n").map { String($0).joiningWords() })
        let found = options.languages.filter(installed.contains)
        guard !found.isEmpty else {
            throw ProgramError(
                .failed, "tesseract has none of the languages \(options.languages.joined(separator: ", ")).")
        }
        return found.joined(separator: "+")
    }

    /// The pages of a picture file. A TIFF file can have several.
    ///
    /// - `resolution`: Pixels an inch; nil if unknown. Pages are then as wide as a letter.
    /// - Throws: ``ProgramError``
    func pages(of picture: String, in languages: String, resolution: Double?) async throws -> [PDFPage] {
        let hint = resolution.map { ["--dpi", "\(Int($0))"] } ?? []
        let output = try await program.run(
            [picture, "stdout", "-l", languages] + hint + ["tsv"], environment: environment, limits: Self.limits)
        guard output.succeeded else {
            throw ProgramError(.failed, "tesseract ended with \(output.end)\(output.reason()).")
        }
        var pages = PDFPage.pages(of: output.bytes)
        for index in pages.indices {
            let scale = resolution.map { 72 / $0 } ?? 612 / max(1, pages[index].width)
            pages[index].recognized(scaledBy: scale)
        }
        return pages
    }
}

extension PDFPage {
    /// Marks the lines as recognised text, whose boxes are those of the letters: words take the height of their line.
    fileprivate mutating func recognized(scaledBy scale: Double) {
        (width, height) = (width * scale, height * scale)
        for index in lines.indices {
            lines[index].box = lines[index].box.scaled(by: scale)
            let box = lines[index].box
            for word in lines[index].words.indices {
                lines[index].words[word].box = lines[index].words[word].box.scaled(by: scale)
                lines[index].words[word].box.top = box.top
                lines[index].words[word].box.height = box.height
                // Words of a narrow type are still words.
                guard word > 0 else { continue }
                let gap = lines[index].words[word].box.left - lines[index].words[word - 1].box.right
                lines[index].words[word - 1].box.width -= max(0, 0.15 * box.height - gap)
            }
            lines[index].isRecognized = true
            lines[index].measure()
        }
    }
}

extension PDFPage.Box {
    fileprivate func scaled(by scale: Double) -> PDFPage.Box {
        PDFPage.Box(left: left * scale, top: top * scale, width: width * scale, height: height * scale)
    }
}
