/// The name of what a statement declares.
struct CodeDeclaration {
    private(set) var title: String
    private(set) var isContainer = false

    /// Nil if the statement declares nothing that has a section of its own.
    ///
    /// - `hasBody`: Whether a body follows.
    init?(_ tokens: [CodeToken], _ bytes: UnsafeBufferPointer<UInt8>, _ language: CodeLanguage, hasBody: Bool) {
        let words = StatementWords(tokens, bytes, language)
        if let first = words.firstWord, StatementWords.control.contains(first) { return nil }
        let plain = language.traits.contains(.plainFunctions) ? words.plainFunction(hasBody: hasBody) : nil
        if let (index, isContainer) = words.keyword() {
            // `struct node *next(struct node *n) {` is a function, and `record Point(int x) {` is a type.
            if let plain, isContainer, plain.index > index + 1, !words.hasColon(before: plain.index) {
                title = plain.name
                return
            }
            if let name = words.name(after: index, isContainer: isContainer) {
                title = name
                self.isContainer = isContainer
                return
            }
        }
        if let plain {
            title = plain.name
        } else if language.traits.contains(.assignedFunctions), hasBody, let name = words.assignedFunction() {
            title = name
        } else {
            return nil
        }
    }
}
