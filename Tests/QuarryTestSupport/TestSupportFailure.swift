/// Why a part of the test support cannot do its work, as one sentence.
struct TestSupportFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
