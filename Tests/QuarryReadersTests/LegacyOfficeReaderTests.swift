import Foundation
import QuarryCore
import QuarryPrograms
import QuarryReaders
import QuarryTestSupport
import Testing

struct LegacyOfficeReaderTests {
    @Test func `without LibreOffice the obstacle is named, and the version is another one`() async throws {
        for format in LegacyOfficeReader.Format.allCases {
            let reader = LegacyOfficeReader(format, environment: ["PATH": "/nowhere"])
            try #require(reader.obstacle?.hasPrefix("LibreOffice is not installed") ?? false)
            let result = try await reader.read(Source(id: "a", bytes: [0xD0, 0xCF, 0x11, 0xE0, 0xA1]))
            #expect(result.rejected.map(\.reason) == [.unsupportedFormat])
            #expect(reader.version.hasPrefix("office97/0 "))
        }
    }

    @Test func `other formats under the old extension are read or rejected, not converted`() async throws {
        let reader = LegacyOfficeReader(.word)
        let rtf = try await reader.read(Source(id: "a.doc", bytes: Array("{\\rtf1 The mill.}".utf8)))
        #expect(rtf.documents.map(\.text) == ["The mill."])
        let page = try await LegacyOfficeReader(.excel).read(
            Source(id: "a.xls", bytes: Array("\r\n<HTML><p>The mill.</p></HTML>".utf8)))
        #expect(page.documents.map(\.text) == ["The mill."])
        let text = try await reader.read(Source(id: "a.doc", bytes: Array("words".utf8)))
        #expect(text.rejected.map(\.reason) == [.unsupportedFormat])
        let found = try await reader.read(Source(id: "a.doc", bytes: Array("words".utf8), isExplicit: false))
        #expect(found.skipped?.reason == .unsupportedFormat && found.rejected.isEmpty)
    }
}

/// Skipped where LibreOffice is not installed.
@Suite(.enabled(if: LegacyOfficeReader(.word).obstacle == nil, "old office files need LibreOffice"))
struct LibreOfficeTests {
    /// A file of the old format that LibreOffice makes of a page.
    private func file(_ html: String, as pathExtension: String) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write(html, to: "page.html")
        let program = try #require(Program.find("soffice", environment: ProcessInfo.processInfo.environment))
        let filter = pathExtension == "doc" ? "HTML (StarWriter)" : "calc_HTML_WebQuery"
        _ = try await program.run(
            [
                "-env:UserInstallation=file://\(folder.path("profile"))", "--headless", "--infilter=\(filter)",
                "--convert-to", pathExtension, "--outdir", folder.path("."), folder.path("page.html"),
            ],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path(".")],
            limits: ProgramLimits(duration: .seconds(120), outputBytes: 1 << 20))
        return try Array(Data(contentsOf: URL(fileURLWithPath: folder.path("page.\(pathExtension)"))))
    }

    @Test(.timeLimit(.minutes(10)))
    func `an old Word document is read with its headings and tables`() async throws {
        let bytes = try await file(
            "<h1>Mill</h1><p>The wheel is of oak.</p><table><tr><td>oak</td><td>nine</td></tr></table>", as: "doc")
        let read = try await ReaderRegistry().read(Source(id: "a.doc", bytes: bytes))
        let document = try #require(read.documents.first)
        #expect(document.text.hasPrefix("# Mill\n\nThe wheel is of oak."))
        #expect(document.text.contains("| oak | nine |"))
        // The same bytes give the same text, so that citations can be checked.
        #expect(
            try await ReaderRegistry().read(Source(id: "a.doc", bytes: bytes)).documents.first?.text == document.text)
    }

    @Test(.timeLimit(.minutes(10)))
    func `cells of an old workbook have their places`() async throws {
        let bytes = try await file("<table><tr><td>wheel</td><td>9</td></tr></table>", as: "xls")
        let read = try await ReaderRegistry().read(Source(id: "a.xls", bytes: bytes))
        let document = try #require(read.documents.first)
        #expect(document.text.contains("wheel"))
        guard case .cells(_, let range)? = document.allPlaces.first else { return #expect(Bool(false)) }
        #expect(range.hasPrefix("A1"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a damaged document is rejected`() async throws {
        let bytes: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 7, count: 4_000)
        let result = try await LegacyOfficeReader(.powerPoint).read(Source(id: "a.ppt", bytes: bytes))
        #expect(result.rejected.map(\.reason) == [.undecodable])
    }
}
