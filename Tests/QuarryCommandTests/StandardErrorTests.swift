import Foundation
import QuarryTestSupport
import Testing

struct StandardErrorTests {
    @Test func `a closed standard error does not change the exit code`() throws {
        let scratch = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" doctor -i nope.q 2>&-", Command.executable.path]
        process.currentDirectoryURL = scratch.url
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 1)
    }
}
