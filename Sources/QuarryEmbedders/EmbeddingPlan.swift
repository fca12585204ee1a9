import QuarryProviders
import QuarryText

/// Distributes texts over requests: each distinct text once, in batches within the provider's limits.
package struct EmbeddingPlan: Sendable {
    /// The distinct texts, in order of first appearance.
    package private(set) var texts: [String] = []
    /// An upper estimate of the tokens of each of ``texts``.
    package private(set) var tokens: [Int] = []
    /// For each given text, its position in ``texts``.
    package private(set) var slots: [Int] = []
    /// Consecutive ranges that together cover ``texts``.
    package private(set) var batches: [Range<Int>] = []
    /// Positions of the given texts by slot: those of slot `s` are `holders[firstHolder[s]..<firstHolder[s + 1]]`.
    private var holders: [Int] = []
    private var firstHolder: [Int] = []

    /// - `tokensPerInput`: A text that may be longer gets a separate request, so that it cannot spoil a batch.
    /// - `prefix`: Prepended to each text.
    /// - Complexity: O(bytes).
    package init(
        _ given: [String], prefix: String = "", inputsPerRequest: Int, tokensPerRequest: Int, tokensPerInput: Int?
    ) {
        collect(given, prefix: prefix)
        group(
            inputsPerRequest: max(1, inputsPerRequest), tokensPerRequest: tokensPerRequest,
            tokensPerInput: tokensPerInput)
    }

    private mutating func collect(_ given: [String], prefix: String) {
        var known: [ExactText: Int] = [:]
        known.reserveCapacity(given.count)
        slots.reserveCapacity(given.count)
        texts.reserveCapacity(given.count)
        for text in given {
            let key = ExactText(text)
            if let slot = known[key] {
                slots.append(slot)
            } else {
                known[key] = texts.count
                slots.append(texts.count)
                let whole = prefix.isEmpty ? text : prefix + text
                tokens.append(TokenEstimate.tokens(in: whole) + 2)
                texts.append(whole)
            }
        }
        firstHolder = [Int](repeating: 0, count: texts.count + 1)
        for slot in slots { firstHolder[slot + 1] += 1 }
        for slot in texts.indices { firstHolder[slot + 1] += firstHolder[slot] }
        holders = [Int](repeating: 0, count: given.count)
        var free = firstHolder
        for (position, slot) in slots.enumerated() {
            holders[free[slot]] = position
            free[slot] += 1
        }
    }

    private mutating func group(inputsPerRequest: Int, tokensPerRequest: Int, tokensPerInput: Int?) {
        var start = 0
        var sum = 0
        func isAlone(_ position: Int) -> Bool { tokensPerInput.map { tokens[position] > $0 } ?? false }
        for (position, count) in tokens.enumerated() {
            let isFull = position - start >= inputsPerRequest || sum + count > tokensPerRequest
            if position > start && (isFull || isAlone(position) || isAlone(position - 1)) {
                batches.append(start..<position)
                start = position
                sum = 0
            }
            sum += count
        }
        if start < texts.count { batches.append(start..<texts.count) }
    }

    /// Positions of the given texts that are equal to this one, ascending.
    package func positions(of slot: Int) -> ArraySlice<Int> { holders[firstHolder[slot]..<firstHolder[slot + 1]] }
}
