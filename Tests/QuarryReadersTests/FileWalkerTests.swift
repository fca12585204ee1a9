import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct FileWalkerTests {
    @Test func `ids begin with the folder and are sorted, and hidden files are skipped`() throws {
        let folder = try TemporaryFolder()
        try folder.write("b", to: "docs/guide/setup.md")
        try folder.write("a", to: "docs/a.txt")
        try folder.write("h", to: "docs/.hidden/x.md")
        try folder.write("p", to: "docs/pic.png")
        let result = try FileWalker(roots: [folder.path + "/docs/"]).files()
        #expect(result.files.map(\.id) == ["docs/a.txt", "docs/guide/setup.md"])
        #expect(result.files.map(\.size) == [1, 1])
        #expect(result.skippedCount == 2)
        #expect(String(decoding: try result.files[1].load().bytes, as: UTF8.self) == "b")
    }

    @Test func `roots of one name are distinguished by the folders above, in any order`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", to: "one/docs/a.md")
        try folder.write("b", to: "two/docs/a.md")
        let roots = [folder.path + "/one/docs", folder.path + "/two/docs"]
        let result = try FileWalker(roots: roots).files()
        #expect(result.files.map(\.id) == ["one/docs/a.md", "two/docs/a.md"])
        #expect(try FileWalker(roots: roots.reversed() + roots).files() == result)
    }

    @Test func `a folder inside another root is visited once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", to: "docs/in/a.md")
        let walker = FileWalker(roots: [folder.path + "/docs/in", folder.path + "/docs", folder.path + "/docs/in/a.md"])
        #expect(try walker.files().files.map(\.id) == ["docs/in/a.md"])
    }

    @Test func `include and exclude limit the walk`() throws {
        let folder = try TemporaryFolder()
        for name in ["a.md", "b.txt", "drafts/c.md", "deep/er/d.md", "deep/e.md"] {
            try folder.write("x", to: "r/" + name)
        }
        func ids(_ include: [String], _ exclude: [String]) throws -> [String] {
            try FileWalker(roots: [folder.path + "/r"], include: include, exclude: exclude).files().files.map(\.id)
        }
        #expect(try ids(["*.md"], ["drafts/"]) == ["r/a.md", "r/deep/e.md", "r/deep/er/d.md"])
        #expect(try ids(["/deep"], []) == ["r/deep/e.md", "r/deep/er/d.md"])
        #expect(try ids([], ["*.md", "!e.md"]) == ["r/b.txt", "r/deep/e.md"])
        #expect(throws: Rejection.self) { try ids(["[a"], []) }
    }

    @Test func `a missing root is an error with its name`() throws {
        let error = #expect(throws: Rejection.self) { try FileWalker(roots: ["/no/such/folder"]).files() }
        #expect(error?.reason == .notFound)
        #expect(error?.description.contains("/no/such/folder") == true)
    }

    @Test func `circular links end, followed or not`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", to: "r/a.md")
        try folder.write("b", to: "r/sub/b.md")
        try folder.write("o", to: "outside/o.md")
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.path + "/r/sub/loop", withDestinationPath: folder.path + "/r")
        try files.createSymbolicLink(atPath: folder.path + "/r/self", withDestinationPath: "self")
        try files.createSymbolicLink(atPath: folder.path + "/r/out", withDestinationPath: folder.path + "/outside")
        try files.createSymbolicLink(atPath: folder.path + "/r/0.md", withDestinationPath: folder.path + "/r/a.md")
        let plain = try FileWalker(roots: [folder.path + "/r"]).files()
        #expect(plain.files.map(\.id) == ["r/a.md", "r/sub/b.md"])
        #expect(plain.skippedCount == 4)
        let followed = try FileWalker(roots: [folder.path + "/r"], followSymlinks: true).files()
        #expect(followed.files.map(\.id) == ["r/a.md", "r/out/o.md", "r/sub/b.md"])
        #expect(followed.rejected.map(\.source) == ["r/self"])
    }

    @Test func `a file that is too large, missing or larger than before is an error`() throws {
        let folder = try TemporaryFolder()
        try folder.write("0123456789", to: "r/big.txt")
        try folder.write("x", to: "r/gone.txt")
        let result = try FileWalker(roots: [folder.path + "/r"], maximumBytes: 9).files()
        #expect(result.rejected.map(\.reason) == [.tooLarge])
        #expect(result.rejected.map(\.source) == ["r/big.txt"])
        let gone = try #require(result.files.first)
        try FileManager.default.removeItem(atPath: gone.path)
        #expect(#expect(throws: Rejection.self) { try gone.load() }?.reason == .vanished)
        // A file that was replaced by a folder cannot be read.
        try FileManager.default.createDirectory(atPath: gone.path, withIntermediateDirectories: false)
        #expect(#expect(throws: Rejection.self) { try gone.load() }?.reason == .unreadable)
        try FileManager.default.removeItem(atPath: gone.path)
        try folder.write("0123456789", to: "r/gone.txt")
        #expect(#expect(throws: Rejection.self) { try gone.load(maximumBytes: 9) }?.reason == .tooLarge)
    }

    #if os(Linux)
        @Test func `a name that is not UTF-8 is shown with the codes of its bytes`() throws {
            let folder = try TemporaryFolder()
            try folder.write("x", to: "r/a.txt")
            for name in ["caf\u{E9}", ".hidden\u{E9}"] {
                let path =
                    Array((folder.path + "/r/").utf8) + name.unicodeScalars.map { UInt8($0.value) }
                    + [0]
                let descriptor = creat(path.map { CChar(bitPattern: $0) }, 0o600)
                try #require(descriptor >= 0)
                close(descriptor)
            }
            let result = try FileWalker(roots: [folder.path + "/r"]).files()
            #expect(result.files.map(\.id) == ["r/a.txt"])
            #expect(result.rejected.map(\.source) == ["r/caf\\xE9"] && result.rejected.first?.reason == .invalidName)
        }
    #endif

    @Test func `files given by name are read even if they are hidden`() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: ".hidden")
        try folder.write("x", to: "pic.png")
        let result = try FileWalker(roots: [folder.path + "/./.hidden", folder.path + "/pic.png", "-"]).files()
        #expect(result.files.map(\.id) == [folder.path + "/.hidden"])
        #expect(result.files.map(\.isExplicit) == [true])
        #expect(result.rejected.map(\.reason) == [.unsupportedFormat])
        #expect(result.includesStandardInput)
    }

    @Test func `a file of the far future or past has the nearest time that fits`() throws {
        let folder = try TemporaryFolder()
        for (name, seconds) in [("future", 10_413_792_000.0), ("past", -10_413_792_000.0)] {
            try folder.write("x", to: "r/\(name).md")
            let path = "\(folder.path)/r/\(name).md"
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
            let file = try #require(
                try FileWalker(roots: [folder.path + "/r"], include: [name + ".md"]).files().files.first)
            // Some file systems clamp the date.
            let kept = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            if let kept, abs(kept.timeIntervalSince1970) > 9_300_000_000 {
                #expect(file.modificationTime == (seconds < 0 ? .min : .max))
            }
        }
    }

    @Test func `a file that is in a folder and also given by name is explicit`() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "d/README")
        try folder.write("x", to: "d/other")
        let roots = [folder.path + "/d", folder.path + "/d/README"]
        for roots in [roots, roots.reversed()] {
            let files = try FileWalker(roots: roots).files().files
            #expect(files.map(\.id) == ["d/README", "d/other"])
            #expect(files.map(\.isExplicit) == [true, false])
        }
    }

    @Test func `a composed and a decomposed name are two files and two folders`() throws {
        let folder = try TemporaryFolder()
        for name in ["caf\u{E9}", "cafe\u{301}"] {
            try folder.write("x", to: "r/\(name).md")
            try folder.write("x", to: "one/\(name)/a.md")
        }
        // Some file systems treat the two as one.
        guard try FileManager.default.contentsOfDirectory(atPath: folder.path + "/r").count == 2 else { return }
        let files = try FileWalker(roots: [folder.path + "/r"]).files().files
        #expect(files.map { Array($0.id.utf8) } == ["r/cafe\u{301}.md", "r/caf\u{E9}.md"].map { Array($0.utf8) })
        let roots = ["caf\u{E9}", "cafe\u{301}"].map { "\(folder.path)/one/\($0)" }
        #expect(
            try FileWalker(roots: roots).files().files.map { $0.id.utf8.count }
                == ["cafe\u{301}/a.md", "caf\u{E9}/a.md"].map(\.utf8.count))
    }

    static let git = ["/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git"].first(
        where: FileManager.default.isExecutableFile)

    private func run(_ arguments: [String], in folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.git))
        process.arguments = ["-c", "core.excludesFile=/dev/null", "-c", "core.quotePath=false"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    static let patterns = [
        "*.log", "!keep.log", "/top.txt", "build/", "a/b", "**/temp", "docs/**/x.txt", "deep/**", "!deep/keep/", "foo*",
        "?.txt", "[abc].md", "[!a-c].md", "\\#hash.txt", "# comment", "trail.txt   ", "esc\\ ", "a/**/b/", "*", "!*/",
        "!*.md", "x.t?t", "**", "/*", "!/docs", "docs/*", "[[:digit:]]*", "[a", "b\\", "*/x.txt", "**/docs/*.md",
        "a**b",
        "/**/x.txt", "\\!bang.md", "te[m]p", "keep.log/", "", "   ", "ф*.md", "[]x]*", "[a-\\c].md",
    ]
    static let names = [
        "a.log", "keep.log", "top.txt", "x.txt", "c.txt", "a.md", "b.md", "d.md", "#hash.txt", "trail.txt",
        "foobar.txt",
        "!bang.md", "1.txt", "фон.md", "aXb", "]y.md", "ab",
    ]
    static let folders = [
        "", "build/", "a/", "a/b/", "a/q/b/", "docs/", "docs/in/", "deep/", "deep/keep/", "temp/", "docs/temp/",
    ]

    @Test(.enabled(if: git != nil, "git is not installed"), arguments: 0..<24)
    func `ignore files have the same meaning as in git`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: seed)
        for directory in Self.folders {
            for name in Self.names { try folder.write("x", to: directory + name) }
            if directory.isEmpty || Bool.random(using: &generator) {
                let count = Int.random(in: 1...(directory.isEmpty ? 7 : 3), using: &generator)
                let lines = (0..<count).map { _ in Self.patterns.randomElement(using: &generator) ?? "" }
                try folder.write(
                    lines.joined(separator: seed.isMultiple(of: 5) ? "\r\n" : "\n") + "\n", to: directory + ".gitignore"
                )
            }
        }
        _ = try run(["init", "-q"], in: folder.path)
        let expected = try run(["ls-files", "--others", "--exclude-standard", "-z"], in: folder.path).split(
            separator: "\0"
        )
        .map(String.init).filter { !$0.hasSuffix(".gitignore") }.sorted()
        let name = try #require(folder.path.split(separator: "/").last)
        let found = try FileWalker(roots: [folder.path]).files().files.map { String($0.id.dropFirst(name.count + 1)) }
        #expect(found.sorted() == expected)
        // For an inner root, the ignore files above it also apply.
        let inner = try FileWalker(roots: [folder.path + "/docs"]).files().files.map(\.id)
        if expected.contains(where: { $0.hasPrefix("docs/") }) {
            #expect(inner.sorted() == expected.filter { $0.hasPrefix("docs/") })
        }
    }
}
