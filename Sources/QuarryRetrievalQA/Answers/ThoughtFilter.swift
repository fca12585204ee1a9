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

    private static let names = [
        "think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "seed:think",
        "inner_monologue", "internal_monologue",
    ]
    private static let opening =
        names.flatMap { ["<\($0)>", "[\($0)]"] } + [
            "◁think▷", "<|channel|>analysis<|message|>", "<|channel|>commentary<|message|>", "<|begin_of_thought|>",
        ]
    private static let closing =
        names.flatMap { ["</\($0)>", "[/\($0)]"] } + ["◁/think▷", "<|end|>", "<|end_of_thought|>"]
    /// Marks of channels, turns and ends, which are no text.
    private static let idle = [
        "<|start|>assistant", "<|start|>", "<|channel|>final<|message|>", "<|return|>", "<|message|>",
        "<|im_start|>assistant", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>",
        "<|begin_of_text|>", "<|begin_of_solution|>", "<|end_of_solution|>", "<|assistant|>", "<|user|>",
        "<|start_header_id|>assistant<|end_header_id|>", "<start_of_turn>model", "<end_of_turn>", "<eos>", "<bos>",
        "<|end_of_turn|>", "<｜end▁of▁sentence｜>", "<answer>", "</answer>", "[/inst]",
    ]
    private static let tags = opening + closing + idle

    /// The characters that may follow the first of a tag.
    private static let seconds = Set(
        (tags + ["</s>"]).flatMap { tag in
            let second = String(tag.dropFirst().prefix(1))
            return second.lowercased() + second.uppercased()
        })

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

    private static func opensTag(_ character: Character) -> Bool {
        character == "<" || character == "◁" || character == "["
    }

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
            if let second = rest.dropFirst().first, !Self.seconds.contains(second) {
                show(rest.prefix(1), &self)
                rest = rest.dropFirst()
                continue
            }
            let head = rest.prefix(40).lowercased()
            if !isLast,
                head == "<" || head.hasPrefix("</s") && head.count < 5
                    || Self.tags.contains(where: { $0.count > head.count && $0.hasPrefix(head) })
            {
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
        if isLast, !isInside { dropEnd(&shown) }
        return shown
    }

    /// Takes the sign for the end of a text away: `</s>` without the `<s>` of struck text.
    private mutating func dropEnd(_ shown: inout String) {
        guard text.hasSuffix("</s>"), !text.contains("<s>") else { return }
        text = String(text.dropLast(4))
        if shown.hasSuffix("</s>") { shown = String(shown.dropLast(4)) }
    }
}
