import Foundation
import QuarryCore
import QuarryReaders
import Testing

/// Skipped where tesseract, its English or poppler is not installed.
@Suite(
    .enabled(
        if: PDFReader().obstacle == nil && PictureTextReader().obstacle == nil,
        "Text recognition needs poppler-utils and tesseract-ocr"))
struct TextRecognitionTests {
    private static let lines: [PDFFile.Line] = [
        .init("The mill on the river", x: 72, y: 90, size: 26),
        .init("The mill was built in 1871 by two brothers, who had learned", x: 72, y: 150, size: 14),
        .init("the trade in the valley beside the river.", x: 72, y: 168, size: 14),
    ]

    private var english: TextRecognition {
        var options = TextRecognition()
        options.languages = ["eng", "not-a-language"]
        return options
    }

    /// The picture of a page, by pdftoppm.
    private func picture(_ format: [String], named name: String) throws -> [UInt8] {
        var file = PDFFile()
        file.page(Self.lines)
        let folder = FileManager.default.temporaryDirectory.appending(path: "recognition-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "page.pdf").path
        try Data(file.bytes).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["pdftoppm", "-r", "150", "-gray", "-singlefile"] + format + [path, folder.path + "/page"]
        try process.run()
        process.waitUntilExit()
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    @Test func `the text of a picture is read as a page`() async throws {
        let source = Source(id: "page.png", bytes: try picture(["-png"], named: "page.png"))
        let result = try await PictureTextReader(english).read(source)
        let document = try #require(result.documents.first)
        #expect(document.text.hasPrefix("# The mill on the river\n\nThe mill was built in 1871"), "\(document.text)")
        #expect(document.sourceMap.places(of: 0..<document.text.utf8.count) == [.page(1)])
        #expect(document.metadata["recognizedPages"] == .number(1))
        #expect(result.warnings.first?.message.contains("recognised") ?? false)
    }

    @Test func `a scanned page is read if that is asked for, and says so`() async throws {
        var file = PDFFile()
        file.page([.init("This page has words of its own.", x: 72, y: 90)])
        try file.page(scan: picture([], named: "page.pgm"))
        let source = Source(id: "scan.pdf", bytes: file.bytes)

        let plain = try await PDFReader().read(source)
        #expect(plain.warnings.first?.message.contains("1 of 2 pages have no text") ?? false)
        #expect(!(plain.documents.first?.text.contains("brothers") ?? true))

        let reader = PDFReader(ocr: english)
        let result = try await reader.read(source)
        let document = try #require(result.documents.first)
        #expect(document.text.contains("1871 by two brothers, who had learned the trade"), "\(document.text)")
        #expect(document.sourceMap.places(of: document.text.utf8Range(of: "brothers")) == [.page(2)])
        #expect(document.metadata["recognizedPages"] == .number(1))
        #expect(result.warnings.first?.message.contains("1 of 2 pages are pictures") ?? false)
        #expect(reader.version != PDFReader().version)
    }

    @Test func `no more pages than the limit are recognised`() async throws {
        var file = PDFFile()
        let scan = try picture([], named: "page.pgm")
        for _ in 0..<2 { try file.page(scan: scan) }
        var options = english
        options.maximumPages = 1
        let result = try await PDFReader(ocr: options).read(Source(id: "scan.pdf", bytes: file.bytes))
        #expect(result.documents.count == 1)
        #expect(result.warnings.last?.message.contains("No more than 1 pages") ?? false)
    }

    @Test func `languages that are not installed are named`() async throws {
        var options = TextRecognition()
        options.languages = ["not-a-language"]
        let source = Source(id: "page.png", bytes: try picture(["-png"], named: "page.png"))
        let result = try await PictureTextReader(options).read(source)
        #expect(result.rejected.first?.message.contains("not-a-language") ?? false)
    }

    @Test func `damaged pictures are refused`() async throws {
        let bytes = try picture(["-png"], named: "page.png")
        for damaged in [Array(bytes.prefix(200)), Array("BM nothing".utf8), Array("no picture".utf8), []] {
            let result = try await PictureTextReader(english).read(Source(id: "page.png", bytes: damaged))
            #expect(result.documents.isEmpty && result.rejected.count == 1)
        }
    }
}

/// With a program that is not tesseract.
struct RecognizedLanguageTests {
    @Test func `the version names the languages that are found`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "languages-\(UUID().uuidString)")
        let data = folder.appending(path: "share/tesseract-ocr/5/tessdata")
        let programs = folder.appending(path: "bin")
        for made in [data, programs] {
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = programs.appending(path: "tesseract")
        try Data("#!/bin/sh\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        func version(_ variables: [String: String] = [:]) -> String {
            let environment = ["PATH": programs.path].merging(variables) { $1 }
            return PictureTextReader(TextRecognition(), environment: environment).version
        }
        #expect(version().hasSuffix("+ocr()"))
        try Data().write(to: data.appending(path: "eng.traineddata"))
        #expect(version().hasSuffix("+ocr(eng)"))
        try Data().write(to: data.appending(path: "rus.traineddata"))
        #expect(version().hasSuffix("+ocr(rus+eng)"))
        #expect(version(["TESSDATA_PREFIX": programs.path]).hasSuffix("+ocr()"))
        #expect(version(["TESSDATA_PREFIX": data.path]).hasSuffix("+ocr(rus+eng)"))
    }
}

/// Without tesseract.
struct MissingTextRecognitionTests {
    @Test func `what is missing is named`() async throws {
        let reader = PictureTextReader(TextRecognition(), environment: ["PATH": "/nowhere"])
        #expect(reader.obstacle?.contains("tesseract") ?? false)
        let result = try await reader.read(Source(id: "page.png", bytes: [0x89, 0x50]))
        #expect(result.rejected.first?.message.contains("tesseract is not installed") ?? false)
    }
}
