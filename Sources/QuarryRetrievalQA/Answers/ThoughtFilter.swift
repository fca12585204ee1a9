/// Takes a model's thoughts out of its reply, which arrives in pieces of any size.
///
/// Thoughts are between `<think>` and `</think>`, or similar tags, or in another channel than the final one. What is
/// before a closing tag without an opening one is also a thought: some servers leave the opening tag out. Thoughts that
/// are never closed reach to the end.
struct ThoughtFilter: Sendable {
    /// The reply so far without thoughts.
    private(set) var text = ""
    private var pending = ""
    private var isInside = false
    /// Whether only white space came since a thought or the beginning.
    private var isAtStart = true

    private static let opening = [
        "<think>", "<thinking>", "<thought>", "<reasoning>", "<reflection>", "◁think▷",
        "<|channel|>analysis<|message|>", "<|channel|>commentary<|message|>",
    ]
    private static let closing = [
        "</think>", "</thinking>", "</thought>", "</reasoning>", "</reflection>", "◁/think▷", "<|end|>",
    ]
    /// Marks of channels and turns, which are no text.
    private static let idle = [
        "<|start|>assistant", "<|start|>", "<|channel|>final<|message|>", "<|return|>", "<|message|>",
    ]
    private static let tags = opening + closing + idle

    /// The part of the reply that is certainly no thought and may be shown now.
    mutating func consume(_ piece: String) -> String {
        if pending.isEmpty, !isInside, !isAtStart, !piece.contains(where: Self.opensTag) {
            text += piece
            return piece
        }
        pending += piece
        return drain(isLast: false)
    }

    /// The rest of the reply.
    mutating func finish() -> String { drain(isLast: true) }

    private static func opensTag(_ character: Character) -> Bool { character == "<" || character == "◁" }

    private mutating func drain(isLast: Bool) -> String {
        var shown = ""
        func show(_ part: Substring, _ filter: inout ThoughtFilter) {
            guard !filter.isInside else { return }
            var part = part
            if filter.isAtStart {
                part = part.drop(while: \.isWhitespace)
                if !part.isEmpty { filter.isAtStart = false }
            }
            shown += part
            filter.text += part
        }
        var rest = pending[...]
        while let start = rest.firstIndex(where: Self.opensTag) {
            show(rest[..<start], &self)
            rest = rest[start...]
            let head = rest.prefix(40).lowercased()
            if !isLast, Self.tags.contains(where: { $0.count > head.count && $0.hasPrefix(head) }) {
                pending = String(rest)
                return shown
            }
            if let tag = Self.tags.first(where: { head.hasPrefix($0) }) {
                rest = rest.dropFirst(tag.count)
                if Self.opening.contains(tag) { isInside = true }
                if Self.closing.contains(tag) {
                    // What was before belongs to the thought whose beginning is missing; "<|end|>" ends answers too.
                    if !isInside, tag != "<|end|>" { (text, shown) = ("", "") }
                    (isInside, isAtStart) = (false, text.isEmpty)
                }
            } else {
                show(rest.prefix(1), &self)
                rest = rest.dropFirst()
            }
        }
        show(rest, &self)
        pending = ""
        return shown
    }
}
