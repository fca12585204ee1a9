package import QuarryCore
package import QuarryText

extension RemovedCharacters {
    /// Warnings about characters that were repaired, and about invisible ones that can hide text or disguise it.
    ///
    /// Single spaces without width are usual on web pages, so they are named only if they are many.
    package func warnings(_ source: String) -> [Rejection] {
        var warnings: [Rejection] = []
        if repaired > 0 {
            let characters = repaired == 1 ? "1 character was" : "\(repaired) characters were"
            warnings.append(
                Rejection(
                    source: source, reason: .repairedText,
                    message:
                        "\(characters) decoded in a wrong encoding before the text was saved (as “cafÃ©” for “café”), "
                        + "and \(repaired == 1 ? "was" : "were") repaired."))
        }
        var kinds: [String] = []
        for (count, name) in [
            (bidirectionalControls, "of writing direction"), (tags, "of Unicode tags"),
            (zeroWidth >= Self.manyZeroWidth ? zeroWidth : 0, "without width"),
        ] where count > 0 {
            kinds.append("\(count) \(name)")
        }
        if !kinds.isEmpty {
            warnings.append(
                Rejection(
                    source: source, reason: .hiddenText,
                    message: "Invisible characters were left out: \(kinds.joined(separator: ", "))."))
        }
        return warnings
    }

    private static let manyZeroWidth = 20
}

extension Rejection {
    /// A warning about text that a person does not see; none for a few letters, such as a label for screen readers.
    static func hiddenText(_ source: String, letters: Int) -> [Rejection] {
        guard letters >= 20 else { return [] }
        return [
            Rejection(
                source: source, reason: .hiddenText,
                message: "Hidden text was left out: \(letters) letters that a person does not see in the document.")
        ]
    }
}
