import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct ArchiveReaderTests {
    private func read(_ name: String, _ bytes: [UInt8], isExplicit: Bool = true) async throws -> ReadResult {
        try await ReaderRegistry().read(Source(id: name, bytes: bytes, isExplicit: isExplicit))
    }

    private func read(_ files: [(name: String, text: String)]) async throws -> ReadResult {
        try await read("docs.zip", ZipWriter.archive(files))
    }

    private func read(
        _ name: String, _ bytes: [UInt8], limits: ArchiveReader.Limits
    ) async throws -> ReadResult {
        try await ArchiveReader(limits: limits).read(Source(id: name, bytes: bytes), members: ReaderRegistry())
    }

    @Test(arguments: ["a.zip", "a.7z", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz", "a.tar.zst"])
    func `each file of an archive is a document with its path in it`(name: String) async throws {
        let result = try await read(name, ArchiveFile.named(name))
        #expect(result.documents.map(\.id) == ["\(name)/inner/lease.md", "\(name)/inner/договор.txt"])
        #expect(result.documents.first?.title == "Lease")
        #expect(result.documents.map(\.sourceMap.member) == ["inner/lease.md", "inner/договор.txt"])
        #expect(result.rejected.isEmpty && result.warnings.isEmpty && result.unread.isEmpty)
    }

    @Test(arguments: ["gz", "bz2", "xz", "zst"])
    func `a compressed file is read as the file in it`(compression: String) async throws {
        let result = try await read("notes/lease.md.\(compression)", ArchiveFile.named("lease.md.\(compression)"))
        let document = try #require(result.documents.first)
        #expect(document.id == "notes/lease.md.\(compression)/lease.md" && document.title == "Lease")
    }

    @Test func `a citation counts the lines and bytes of the file in the archive`() async throws {
        let document = try #require(
            try await read([("a.txt", "one"), ("lease.md", ArchiveFile.lease)]).documents.last)
        let words = document.text.utf8Range(of: "boathouse")
        #expect(document.sourceMap.lines(of: words) == 3...3)
        #expect(document.sourceMap.base == .source)
        let bytes = Array(ArchiveFile.lease.utf8)[document.sourceMap.sourceRange(of: words)]
        #expect(String(decoding: bytes, as: UTF8.self) == "boathouse")
        #expect(document.sourceMap.slice(words).member == "lease.md")
        let location = Passage(
            chunk: Chunk(documentID: document.id, ordinal: 0, range: words, text: "boathouse", tokenCount: 1),
            source: "docs.zip", sourceMap: document.sourceMap.slice(words)
        ).location
        #expect("\(location)" == "docs.zip/lease.md:3")
    }

    @Test func `files that are not read are named with their reason`() async throws {
        let result = try await read([
            ("photo.png", "x"), ("lib.jar", "PK"), ("inner.zip", "PK"), ("inner.tar.gz", "x"), ("a.xyz", "\0\u{1}\0"),
            ("empty.py", ""), ("a.txt", "words"),
        ])
        #expect(result.documents.map(\.id) == ["docs.zip/a.txt"])
        #expect(
            result.unread.map(\.source)
                == ["photo.png", "lib.jar", "inner.zip", "inner.tar.gz", "a.xyz", "empty.py"].map {
                    "docs.zip/" + $0
                })
        #expect(
            result.unread.map(\.reason) == [
                .needsModel, .unsupportedFormat, .unsupportedFormat, .unsupportedFormat, .binary, .empty,
            ])
        #expect(result.rejected.isEmpty)
    }

    @Test func `hidden files and those of the system are passed over, and so are links`() async throws {
        let result = try await read([
            ("__MACOSX/a/._b.txt", "x"), (".DS_Store", "x"), ("a/.git/config", "x"), ("a/b.txt", "words"),
        ])
        #expect(result.documents.map(\.id) == ["docs.zip/a/b.txt"] && result.unread.isEmpty)
        #expect(try await read([(".hidden", "x")]).rejected.map(\.reason) == [.empty])
    }

    @Test func `names that lead out of the archive or hide characters are only cleaned names`() async throws {
        let result = try await read([
            ("../../etc/one.txt", "one"), ("/abs/two.txt", "two"), ("a\\b\\three.txt", "three"),
            ("bell\u{7}\u{202E}txt.md", "four"), ("./five.txt", "five"), ("..", "six"),
            (String(repeating: "x/", count: 600) + "seven.txt", "seven"),
        ])
        let ids = result.documents.map { String($0.id.dropFirst("docs.zip/".count)) }
        #expect(
            ids.dropLast() == [
                "etc/one.txt", "abs/two.txt", "a/b/three.txt", "bell\u{FFFD}\u{FFFD}txt.md", "five.txt", "unnamed",
            ])
        #expect(ids.last.map { $0.count < 250 && $0.hasSuffix("….txt") } ?? false)
        #expect(result.warnings.count == 5)
    }

    @Test func `files of one name are told apart, with a warning`() async throws {
        let result = try await read([("a.md", "one"), ("a.md", "two"), ("a (2).md", "three"), ("b/../a.md", "four")])
        #expect(result.documents.map(\.text) == ["one", "two", "three", "four"])
        #expect(
            result.documents.map(\.id) == ["a.md", "a (2).md", "a (2) (2).md", "b/a.md"].map { "docs.zip/" + $0 })
        #expect(result.warnings.count == 3)
    }

    @Test func `of many files with odd names, ten are named and the others are counted`() async throws {
        let result = try await read((1...40).map { ("/abs/\($0).txt", "words") })
        #expect(result.documents.count == 40 && result.warnings.count == 11)
        #expect(result.warnings.last?.message == "30 more files in it are called otherwise than in the archive.")
        #expect(result.warnings.last?.source == "docs.zip")
    }

    @Test func `a name in an old Russian encoding is decoded`() async throws {
        // In code page 866.
        let name: [UInt8] = [0x84, 0xAE, 0xA3, 0xAE, 0xA2, 0xAE, 0xE0, 0xEB, 0x20, 0xA0, 0xE0, 0xA5, 0xAD, 0xA4, 0xEB]
        let bytes = ZipWriter.archive([(name + Array(".txt".utf8), Array("words".utf8))], flags: 0)
        #expect(try await read("docs.zip", bytes).documents.map(\.id) == ["docs.zip/Договоры аренды.txt"])
    }

    @Test func `a file with a fault is rejected, and the others are read`() async throws {
        let result = try await read([
            ("a/bad.docx", "PKbroken"), ("q.jsonl", "{\"text\":\"nine wheels\"}\nbroken\n"), ("c.txt", "words"),
        ])
        #expect(result.documents.map(\.id) == ["docs.zip/q.jsonl#L1", "docs.zip/c.txt"])
        // The archive is the source that is in quarantine.
        #expect(result.rejected.map(\.source) == ["docs.zip", "docs.zip"])
        #expect(result.rejected.map { String($0.message.prefix(12)) } == ["a/bad.docx: ", "q.jsonl:2: T"])
    }

    // MARK: Limits

    @Test func `a bomb ends at the limit, with a warning`() async throws {
        let limits = ArchiveReader.Limits(file: 1 << 20, total: 4 << 20)
        let one = try await read("bomb.txt.bz2", ArchiveFile.named("bomb.txt.bz2"), limits: limits)
        #expect(one.documents.isEmpty && one.rejected.map(\.reason) == [.tooLarge] && one.warnings.isEmpty)
        let tar = try await read("bomb.tar.bz2", ArchiveFile.named("bomb.tar.bz2"), limits: limits)
        // The zeros are not read, but they stand before the last file.
        #expect(tar.documents.map(\.id) == ["bomb.tar.bz2/first.md"])
        #expect(tar.warnings.count == 1 && tar.unread.map(\.source) == ["bomb.tar.bz2/zeros.png"])
    }

    @Test func `the ratio of an archive is limited, not only its size`() async throws {
        let bomb = try ArchiveFile.named("bomb.tar.bz2")
        #expect(try await read("bomb.tar.bz2", bomb).warnings.count == 1)
        let wide = ArchiveReader.Limits(ratio: 1 << 20)
        #expect(try await read("bomb.tar.bz2", bomb, limits: wide).documents.count == 2)
    }

    @Test func `too many files, too much text and too much time are warnings`() async throws {
        let files = ZipWriter.archive((1...20).map { ("\($0).txt", "words") })
        for limits in [
            ArchiveReader.Limits(files: 5), ArchiveReader.Limits(text: 25),
            ArchiveReader.Limits(file: 100, total: 25),
        ] {
            let result = try await read("a.zip", files, limits: limits)
            #expect(result.documents.count == 5 && result.warnings.count == 1)
        }
        let late = try await read("a.zip", files, limits: ArchiveReader.Limits(duration: .zero))
        #expect(late.documents.isEmpty && late.rejected.map(\.reason) == [.tooLarge])
    }

    @Test func `a file that is too large is named, and the others are read`() async throws {
        let limits = ArchiveReader.Limits(file: 50)
        let files = [(name: "a.txt", text: String(repeating: "a", count: 60)), (name: "b.txt", text: "words")]
        for (name, bytes) in [("a.zip", ZipWriter.archive(files)), ("a.tar", ArchiveFile.tar(files))] {
            let result = try await read(name, bytes, limits: limits)
            #expect(result.documents.map(\.id) == ["\(name)/b.txt"])
            #expect(result.rejected.map(\.reason) == [.tooLarge])
        }
    }

    @Test func `many files of one name take linear time`() async throws {
        let names = (0..<20_000).map { _ in (name: "a.txt", text: "x") }
        #expect(try await read(names).documents.count == 20_000)
    }

    // MARK: Damage and encryption

    @Test func `an encrypted archive is named`() async throws {
        let result = try await read("secret.zip", ArchiveFile.named("encrypted.zip"))
        #expect(result.documents.isEmpty && result.rejected.map(\.reason) == [.encrypted])
        #expect(result.rejected.first?.message.contains("encrypted") ?? false)
    }

    @Test func `of a truncated archive the beginning is read, with a warning`() async throws {
        let lines = try ArchiveFile.named("lines.txt.gz")
        let half = try await read("lines.txt.gz", Array(lines[..<(lines.count / 2)]))
        #expect(half.documents.first?.text.hasPrefix("Line 0 of the long report") ?? false)
        #expect(half.warnings.map(\.source) == ["lines.txt.gz/lines.txt"])
        let tar = ArchiveFile.tar([("a.txt", "words"), ("b.txt", String(repeating: "more ", count: 500))])
        let cut = try await read("a.tar", Array(tar[..<2_000]))
        #expect(cut.documents.map(\.id) == ["a.tar/a.txt", "a.tar/b.txt"] && !cut.warnings.isEmpty)
    }

    @Test(arguments: ["a.zip", "a.7z", "a.tar", "a.tgz", "a.gz", "a.xz"])
    func `what is no archive is rejected`(name: String) async throws {
        for text in ["PKbroken", "words", "\u{1F}", "7z\u{BC}", String(repeating: "\0", count: 600)] {
            let result = try await read(name, Array(text.utf8))
            #expect(result.documents.isEmpty && result.rejected.count == 1)
        }
        #expect(try await read(name, []).rejected.map(\.reason) == [.empty])
        #expect(try await read(name, [], isExplicit: false).skipped?.reason == .empty)
    }

    @Test(arguments: ["a.zip", "a.7z", "a.tar.gz", "a.tar.xz", "a.tar.zst", "encrypted.zip", "lines.txt.gz"])
    func `changed bytes crash nothing and lose no result`(name: String) async throws {
        let bytes = try ArchiveFile.named(name)
        var generator = SeededGenerator(seed: UInt64(name.utf8.count))
        let limits = ArchiveReader.Limits(file: 1 << 20, total: 4 << 20)
        for _ in 0..<150 {
            var changed = bytes
            for _ in 0...Int.random(in: 0..<5, using: &generator) {
                let index = Int.random(in: 0..<changed.count, using: &generator)
                if Bool.random(using: &generator) { changed[index] = .random(in: 0...255, using: &generator) }
                if Int.random(in: 0..<8, using: &generator) == 0 { changed = Array(changed[..<max(1, index)]) }
            }
            let result = try await read(name, changed, limits: limits)
            #expect(!result.documents.isEmpty || !result.rejected.isEmpty || !result.unread.isEmpty)
        }
    }

    // MARK: The registry

    @Test func `the version of an archive changes with that of any reader`() {
        var registry = ReaderRegistry()
        let (archive, text) = (registry.version(of: "a.zip"), registry.version(of: "a.txt"))
        #expect(registry.version(of: "a.eml") != nil && registry.version(of: "a.eml") != archive)
        registry.register(ConverterReader(pathExtension: "xyz", command: ["cat"]))
        #expect(registry.version(of: "a.zip") != archive && registry.version(of: "a.txt") == text)
        #expect(registry.version(of: "a.tar.gz") == registry.version(of: "a.zip"))
    }

    @Test func `a converter reads files in archives, and replaces the reader of archives`() async throws {
        var registry = ReaderRegistry()
        registry.register(ConverterReader(pathExtension: "xyz", command: ["cat"]))
        let zip = ZipWriter.archive([("a.xyz", "# Words")])
        #expect(try await registry.read(Source(id: "d.zip", bytes: zip)).documents.map(\.title) == ["Words"])
        registry.register(ConverterReader(pathExtension: "zip", command: ["echo", "by echo"]))
        #expect(
            try await registry.read(Source(id: "d.zip", bytes: zip)).documents.map(\.text).first?.hasPrefix("by echo")
                ?? false)
    }

    @Test func `an archive without a readable file is skipped in a folder and rejected by name`() async throws {
        let zip = ZipWriter.archive([(name: "photo.png", text: "x"), (name: "b.jar", text: "x")])
        let named = try await read("d.zip", zip)
        #expect(named.rejected.map(\.source) == ["d.zip"] && named.unread.count == 2)
        let found = try await read("d.zip", zip, isExplicit: false)
        #expect(found.skipped?.source == "d.zip" && found.unread.count == 2 && found.rejected.isEmpty)
    }
}
