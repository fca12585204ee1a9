import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Testing

struct SupportCheckConformanceTests {
    @Test func `the check of answers conforms`() async throws {
        let check = SupportCheck()
        try await verifySupportCheck { statement, passage in
            let sentences = check.check(statement, against: [hit(1, passage)], unsupported: .mark).sentences
            return sentences.allSatisfy { $0.isSupported && !$0.markers.isEmpty }
        }
    }

    @Test func `a check that believes everything, or nothing, does not`() async {
        for verdict in [true, false] {
            await #expect(throws: ConformanceFailure.self) { try await verifySupportCheck { _, _ in verdict } }
        }
    }
}
