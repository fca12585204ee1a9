import QuarryCore
import Synchronization

/// A token counter with the counts of words from earlier documents.
final class WordTokens: Sendable {
    let counter: any TokenCounter
    /// The memos that no document is using: at most as many as documents were cut at once.
    private let memos = Mutex<[TokenMemo]>([])

    init(_ counter: any TokenCounter) { self.counter = counter }

    func withMemo<Result>(_ body: (inout TokenMemo) -> Result) -> Result {
        var memo = memos.withLock { $0.popLast() } ?? TokenMemo(counter: counter)
        let result = body(&memo)
        memos.withLock { $0.append(memo) }
        return result
    }
}
