import Foundation
import Quarry
import QuarryTestSupport
import Testing

/// Fills a small file system. Needs permission to mount one.
struct DiskFullTests {
    /// A file system of two megabytes, unmounted on deinitialization.
    private final class SmallDisk {
        let path: String

        init?() throws {
            path =
                FileManager.default.temporaryDirectory.appendingPathComponent("quarry-disk-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let mount = Process()
            mount.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            mount.arguments = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path]
            mount.standardError = FileHandle.nullDevice
            try mount.run()
            mount.waitUntilExit()
            guard mount.terminationStatus == 0 else { return nil }
        }

        deinit {
            let unmount = Process()
            unmount.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            unmount.arguments = ["umount", path]
            try? unmount.run()
            unmount.waitUntilExit()
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    @Test func `a disk that is full when the log is merged is reported, and a copy needs both files`() throws {
        guard let disk = try SmallDisk() else {
            try Test.cancel("A small file system cannot be mounted here.")
        }
        let scratch = try TemporaryFolder()
        // There is room for the changes in the log, and not for the same changes in the index.
        for number in 1...46 {
            let words = (1...150).map { "word\(number * 131 + $0 * 17)" }.joined(separator: " ")
            try scratch.write("\(words).", to: "docs/\(number).md")
        }
        let path = disk.path + "/full.quarry"
        let outcome = try Command.run("index", scratch.path("docs"), "--index", path, "--model", "none")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("disk is full"), "\(outcome.errors)")
        #expect(outcome.errors.contains("\(path)-wal together"), "\(outcome.errors)")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: scratch.path("copy.quarry") + suffix)
        }
        let index = try CorpusIndex.open(at: scratch.path("copy.quarry"))
        #expect(try index.problems().isEmpty)
        #expect(try index.summary().documents == 46)
    }

    @Test func `a full disk is reported, and committed work is kept`() throws {
        guard let disk = try SmallDisk() else {
            try Test.cancel("A small file system cannot be mounted here.")
        }
        let scratch = try TemporaryFolder()
        for number in 1...1_200 {
            let words = (1...150).map { "word\(number * 131 + $0 * 17)" }.joined(separator: " ")
            try scratch.write("\(words).", to: "docs/\(number).md")
        }
        let path = disk.path + "/full.quarry"
        let outcome = try Command.run("index", scratch.path("docs"), "--index", path, "--model", "none")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("disk is full"), "\(outcome.errors)")
        let index = try CorpusIndex.open(at: path, readOnly: true)
        #expect(try index.problems().isEmpty)
    }
}
