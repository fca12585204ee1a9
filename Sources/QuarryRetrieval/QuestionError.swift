/// Why a question cannot be searched for.
public enum QuestionError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int, maximum: Int)
    /// It has no letter and no digit.
    case hasNoWords

    public var description: String {
        switch self {
        case .tooLong(let bytes, let maximum):
            "The question is \(bytes) bytes long; the most is \(maximum). Shorten it, or index the text and ask about it."
        case .hasNoWords: "The question has no letter and no digit. Ask with words."
        }
    }
}
