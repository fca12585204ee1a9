import Testing

struct VersionTests {
    @Test func `the version shows the program, its number and its kernels`() throws {
        let outcome = try Command.run("--version")
        #expect(outcome.status == 0)
        let form = /quarry \d+\.\d+\.\d+ \(([0-9a-f]{7,40}\+?, )?(x86-64|arm64|portable)[^,()]*, [^,()]+\)\n/
        #expect(outcome.output.wholeMatch(of: form) != nil, "\(outcome.output)")
    }
}
