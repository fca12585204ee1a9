/// Why a question cannot be searched.
public enum QuestionError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int, maximum: Int)
    /// The question has no letter and no digit.
    case hasNoWords

    public var description: String {
        switch self {
        case .tooLong(let bytes, let maximum):
            "The question is \(bytes) bytes long; the maximum is \(maximum). "
                + "Shorten it, or index the text and ask about it."
        case .hasNoWords: "The question has no letter and no digit. Ask with words."
        }
    }
}
