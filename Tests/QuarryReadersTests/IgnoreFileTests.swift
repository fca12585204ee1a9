import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct IgnoreFileTests {
    @Test func `an invalid pattern is a warning with its line, and the others apply`() throws {
        let folder = try TemporaryFolder()
        try folder.write("# drafts\n\n[a\n*.tmp\r\nb\\\n", to: "r/.gitignore")
        try folder.write("x", to: "r/a.md")
        try folder.write("x", to: "r/b.tmp")
        let result = try FileWalker(roots: [folder.path + "/r"]).files()
        #expect(result.files.map(\.id) == ["r/a.md"])
        #expect(result.warnings.map(\.reason) == [.brokenPattern, .brokenPattern])
        #expect(result.warnings.map(\.source) == ["r/.gitignore", "r/.gitignore"])
        #expect(result.warnings.map(\.line) == [3, 5])
    }

    @Test func `an ignore file that cannot be read is rejected, once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "r/one/a.md")
        try folder.write("x", to: "r/two/b.md")
        try FileManager.default.createDirectory(atPath: folder.path + "/r/.git", withIntermediateDirectories: true)
        let path = folder.path + "/r/.quarryignore"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        let whole = try FileWalker(roots: [folder.path + "/r"]).files()
        #expect(whole.rejected.map(\.source) == ["r/.quarryignore"])
        #expect(whole.rejected.map(\.reason) == [.unreadable])
        #expect(whole.files.map(\.id) == ["r/one/a.md", "r/two/b.md"])
        let parts = try FileWalker(roots: [folder.path + "/r/one", folder.path + "/r/two"]).files()
        #expect(parts.rejected.map(\.source) == [path])
    }

    @Test func `the exclusions of a repository inside a root apply`() throws {
        let folder = try TemporaryFolder()
        try folder.write("secret.md\n[a\n", to: "r/sub/.git/info/exclude")
        for name in ["r/secret.md", "r/sub/secret.md", "r/sub/in/secret.md", "r/sub/open.md"] {
            try folder.write("x", to: name)
        }
        let result = try FileWalker(roots: [folder.path + "/r"]).files()
        #expect(result.files.map(\.id) == ["r/secret.md", "r/sub/open.md"])
        #expect(result.warnings.map(\.source) == ["r/sub/.git/info/exclude"])
        let own = try FileWalker(roots: [folder.path + "/r/sub"]).files()
        #expect(own.files.map(\.id) == ["sub/open.md"])
        #expect(own.warnings.count == 1)
        let inner = try FileWalker(roots: [folder.path + "/r/sub/in"]).files()
        #expect(inner.files.isEmpty)
    }
}
