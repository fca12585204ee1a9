import Foundation
import QuarryCore
import QuarryReaders
import Testing

@Suite struct MediaTypeTests {
    private let readers = ReaderRegistry()

    @Test(arguments: [
        ("https://a/x", "text/html; charset=utf-8", "html/3"), ("https://a/x.txt", "TEXT/HTML", "html/3"),
        ("https://a/x.md?raw=1", "text/plain", "markdown"), ("https://a/x", "application/octet-stream", "text"),
        ("https://a/x", "application/pdf", "pdf"), ("https://a/v1.2", "text/html", "html/3"),
        ("https://a/x", "application/ld+json", "json"), ("https://a/x", "application/atom+xml", "xml"),
        ("https://a.com", "", "text"),
    ])
    func `the media type decides the reader`(address: String, type: String, reader: String) throws {
        let version = try #require(readers.version(of: address, mediaType: type))
        #expect(version.hasPrefix(reader))
        #expect(readers.reads(address, mediaType: type))
    }

    @Test(arguments: [
        "application/zip", "image/svg+xml", "video/mp4", "font/woff2", "application/x-unknown", "image/avif",
    ])
    func `other types are not read, whatever the address says`(type: String) {
        #expect(!readers.reads("https://a/x.html", mediaType: type))
    }

    @Test func `the charset of the media type counts more than that of the page`() async throws {
        let text = "Привет, мир: проверка кодировки"
        let windows = try #require(text.data(using: .windowsCP1251))
        let bytes = Array("<meta charset=koi8-r><p>".utf8) + windows
        let source = Source(id: "https://a/x", bytes: bytes, mediaType: "text/html; charset=\"windows-1251\"")
        let result = try await readers.read(source)
        #expect(result.documents.first?.text.contains("Привет, мир") == true)
    }
}
