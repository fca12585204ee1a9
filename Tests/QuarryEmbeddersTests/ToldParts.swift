import QuarryCore
import Synchronization
import Testing

/// Collects what is told.
final class ToldParts: Sendable {
    private let parts = Mutex<[EmbeddedPart]>([])
    private let busy = Mutex(0)

    func tell(_ part: EmbeddedPart) {
        #expect(
            busy.withLock {
                $0 += 1; return $0
            } == 1, "Two parts were told at once.")
        parts.withLock { $0.append(part) }
        busy.withLock { $0 -= 1 }
    }

    var all: [EmbeddedPart] { parts.withLock { $0 } }
    var positions: Set<Int> { Set(all.flatMap(\.positions)) }
}
