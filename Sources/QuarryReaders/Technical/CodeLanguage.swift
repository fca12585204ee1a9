/// What the scanner of source code knows of a language.
struct CodeLanguage: Sendable {
    /// The name after the fence of a code block.
    var name: String
    var lineComments: [String] = []
    var blockComments: [(open: String, close: String)] = []
    var commentsNest = false
    var strings: [StringRule] = []
    var layout = Layout.braces
    /// Keywords before the name of a declaration that has members.
    var containers: Set<String> = []
    /// Keywords before the name of a declaration without members.
    var functions: Set<String> = []
    var traits: Traits = []

    struct StringRule: Sendable {
        var open: String
        var close: String
        var escape: UInt8?
        var isMultiline = false
    }

    /// How the extent of a declaration is known.
    enum Layout: Sendable {
        /// By braces. Statements end with semicolons.
        case braces
        /// By braces. Statements end with lines, too.
        case bracesAndLines
        /// By the indentation of the lines.
        case indentation
        /// Each statement that begins with a keyword is a declaration, such as `CREATE TABLE`.
        case statements

        var hasBraces: Bool {
            switch self {
            case .braces, .bracesAndLines: true
            case .indentation, .statements: false
            }
        }
    }

    struct Traits: OptionSet, Sendable {
        let rawValue: Int
        /// A name before parentheses and a brace is a function: `int main(void) {`.
        static let plainFunctions = Traits(rawValue: 1)
        /// Lines that begin with `#` are directives.
        static let preprocessor = Traits(rawValue: 1 << 1)
        /// `<<EOF` begins a text that ends with the line `EOF`.
        static let heredocs = Traits(rawValue: 1 << 2)
        /// `'a'` is a character, and `'a` is not a string.
        static let characters = Traits(rawValue: 1 << 3)
        /// `/…/` is a regular expression where no division can be.
        static let regularExpressions = Traits(rawValue: 1 << 4)
        /// Text in backquotes has code in `${…}`.
        static let templates = Traits(rawValue: 1 << 5)
        /// A string that is a statement is a comment on the declaration above.
        static let docstrings = Traits(rawValue: 1 << 6)
        /// `R"x(…)x"` and `r#"…"#`.
        static let rawStrings = Traits(rawValue: 1 << 7)
        /// A comment sign within a word is not a comment.
        static let commentsAfterSpace = Traits(rawValue: 1 << 8)
        /// `const name = (…) => {` and `name <- function(…) {` are functions.
        static let assignedFunctions = Traits(rawValue: 1 << 9)
        /// The name of a function has the labels of its parameters: `parse(_:)`.
        static let labels = Traits(rawValue: 1 << 10)
        /// A receiver in parentheses precedes the name of a method.
        static let receivers = Traits(rawValue: 1 << 11)
        /// `impl Trait for Type`.
        static let implementations = Traits(rawValue: 1 << 12)
        static let ignoresCase = Traits(rawValue: 1 << 13)
        /// Lines from `=head1` to `=cut`, or from `=begin` to `=end`, are comments.
        static let pod = Traits(rawValue: 1 << 14)
        /// A string that is a statement is a comment on the declaration below.
        static let docstringsAbove = Traits(rawValue: 1 << 15)
    }
}
