extension CodeLanguage {
    /// By extensions in lower case.
    static let all: [String: CodeLanguage] = {
        var table: [String: CodeLanguage] = [:]
        for (extensions, language) in list {
            for name in extensions.split(separator: " ") { table[String(name)] = language }
        }
        return table
    }()

    private static let quotes = [quote("\""), quote("'")]
    private static let tripleQuotes = [StringRule(open: "\"\"\"", close: "\"\"\"", escape: 0x5C, isMultiline: true)]

    private static func quote(_ sign: String, isMultiline: Bool = false, escape: UInt8? = 0x5C) -> StringRule {
        StringRule(open: sign, close: sign, escape: escape, isMultiline: isMultiline)
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    /// A language with the comments of C.
    private static func slashes(
        _ name: String, _ layout: Layout, containers: String, functions: String = "", strings: [StringRule],
        traits: Traits = []
    ) -> CodeLanguage {
        CodeLanguage(
            name: name, lineComments: ["//"], blockComments: [("/*", "*/")],
            commentsNest: ["swift", "rust", "kotlin", "scala", "dart"].contains(name), strings: strings, layout: layout,
            containers: words(containers), functions: words(functions), traits: traits)
    }

    /// A language with the comments of the shell.
    private static func hashes(
        _ name: String, _ layout: Layout, containers: String = "", functions: String, strings: [StringRule],
        blockComments: [(open: String, close: String)] = [], traits: Traits = []
    ) -> CodeLanguage {
        CodeLanguage(
            name: name, lineComments: ["#"], blockComments: blockComments, strings: strings, layout: layout,
            containers: words(containers), functions: words(functions), traits: traits)
    }

    private static let list: [(String, CodeLanguage)] = [
        (
            "swift",
            slashes(
                "swift", .bracesAndLines, containers: "class struct enum protocol extension actor",
                functions: "func init deinit subscript macro",
                strings: tripleQuotes + [
                    StringRule(open: "#\"", close: "\"#"), StringRule(open: "##\"", close: "\"##"), quote("\""),
                ], traits: .labels)
        ),
        (
            "c h",
            slashes(
                "c", .braces, containers: "struct union enum", strings: [quote("\"")],
                traits: [.plainFunctions, .preprocessor, .characters])
        ),
        (
            "cc cpp cxx hh hpp hxx ino",
            slashes(
                "cpp", .braces, containers: "class struct union enum namespace concept", strings: [quote("\"")],
                traits: [.plainFunctions, .preprocessor, .characters, .rawStrings])
        ),
        (
            "m mm",
            slashes(
                "objc", .braces, containers: "class struct union enum namespace", strings: [quote("\"")],
                traits: [.plainFunctions, .preprocessor, .characters])
        ),
        (
            "java",
            slashes(
                "java", .braces, containers: "class interface enum record", strings: tripleQuotes + quotes,
                traits: .plainFunctions)
        ),
        (
            "cs",
            slashes(
                "csharp", .braces, containers: "class interface struct enum record namespace",
                strings: tripleQuotes + [
                    StringRule(open: "@\"", close: "\"", isMultiline: true),
                    StringRule(open: "$@\"", close: "\"", isMultiline: true), quote("\""), quote("'"),
                ], traits: [.plainFunctions, .preprocessor])
        ),
        (
            "dart",
            slashes(
                "dart", .braces, containers: "class mixin extension enum", strings: tripleQuotes + quotes,
                traits: .plainFunctions)
        ),
        (
            "kt kts",
            slashes(
                "kotlin", .bracesAndLines, containers: "class interface object", functions: "fun constructor",
                strings: tripleQuotes + quotes)
        ),
        (
            "scala sc",
            slashes(
                "scala", .bracesAndLines, containers: "class trait object enum", functions: "def",
                strings: tripleQuotes + [quote("\"")], traits: .characters)
        ),
        (
            "groovy gradle",
            slashes(
                "groovy", .bracesAndLines, containers: "class interface trait enum", functions: "def task",
                strings: tripleQuotes + quotes)
        ),
        (
            "go",
            slashes(
                "go", .bracesAndLines, containers: "type", functions: "func",
                strings: [quote("\""), quote("'"), quote("`", isMultiline: true, escape: nil)], traits: .receivers)
        ),
        (
            "rs",
            slashes(
                "rust", .braces, containers: "struct enum union trait mod impl", functions: "fn macro_rules",
                strings: [quote("\"", isMultiline: true)], traits: [.characters, .rawStrings, .implementations])
        ),
        (
            "zig",
            slashes("zig", .braces, containers: "", functions: "fn test", strings: quotes)
        ),
        (
            "js mjs cjs jsx ts mts cts tsx",
            slashes(
                "javascript", .bracesAndLines, containers: "class interface enum namespace module",
                functions: "function type", strings: quotes,
                traits: [.plainFunctions, .templates, .regularExpressions, .assignedFunctions])
        ),
        (
            "php",
            CodeLanguage(
                name: "php", lineComments: ["//", "#"], blockComments: [("/*", "*/")],
                strings: [quote("\"", isMultiline: true), quote("'", isMultiline: true)],
                containers: words("class interface trait enum namespace"), functions: words("function"),
                traits: .heredocs)
        ),
        (
            "proto",
            slashes("protobuf", .braces, containers: "message service enum oneof", functions: "rpc", strings: quotes)
        ),
        (
            "py pyi pyw",
            hashes(
                "python", .indentation, containers: "class", functions: "def",
                strings: tripleQuotes + [quote("'''", isMultiline: true)] + quotes, traits: .docstrings)
        ),
        (
            "rb rake",
            hashes(
                "ruby", .indentation, containers: "class module", functions: "def", strings: quotes,
                traits: [.heredocs, .commentsAfterSpace, .pod])
        ),
        (
            "pl pm",
            hashes(
                "perl", .braces, containers: "", functions: "sub", strings: quotes,
                traits: [.heredocs, .commentsAfterSpace, .pod])
        ),
        (
            "sh bash zsh ksh",
            hashes(
                "sh", .bracesAndLines, functions: "function",
                strings: [quote("\"", isMultiline: true), quote("'", isMultiline: true, escape: nil)],
                traits: [.heredocs, .commentsAfterSpace, .plainFunctions])
        ),
        (
            "fish",
            hashes(
                "fish", .indentation, functions: "function", strings: quotes, traits: .commentsAfterSpace)
        ),
        (
            "r",
            hashes(
                "r", .bracesAndLines, functions: "", strings: quotes, traits: .assignedFunctions)
        ),
        (
            "jl",
            hashes(
                "julia", .indentation, containers: "module struct", functions: "function macro",
                strings: tripleQuotes + [quote("\"", isMultiline: true)], blockComments: [("#=", "=#")],
                traits: [.docstringsAbove, .characters])
        ),
        (
            "ex exs",
            hashes(
                "elixir", .indentation, containers: "defmodule defprotocol defimpl", functions: "def defp defmacro",
                strings: tripleQuotes + quotes)
        ),
        (
            "nim",
            hashes(
                "nim", .indentation, containers: "", functions: "proc func method iterator template macro",
                strings: tripleQuotes + [quote("\"")], blockComments: [("#[", "]#")], traits: .characters)
        ),
        (
            "graphql",
            hashes(
                "graphql", .bracesAndLines, containers: "type input interface enum schema",
                functions: "query mutation subscription fragment", strings: tripleQuotes + [quote("\"")],
                traits: .docstringsAbove)
        ),
        (
            "lua",
            CodeLanguage(
                name: "lua", lineComments: ["--"], blockComments: [("--[[", "]]"), ("--[=[", "]=]")],
                strings: [StringRule(open: "[[", close: "]]", isMultiline: true)] + quotes, layout: .indentation,
                functions: words("function"))
        ),
        (
            "sql",
            CodeLanguage(
                name: "sql", lineComments: ["--"], blockComments: [("/*", "*/")],
                strings: [
                    quote("'", isMultiline: true, escape: nil), quote("\"", escape: nil), quote("`", escape: nil),
                    StringRule(open: "$$", close: "$$", isMultiline: true),
                ], layout: .statements,
                functions: words(
                    "table view function procedure trigger index type sequence schema database domain role extension"
                        + " policy aggregate user package"), traits: .ignoresCase)
        ),
        (
            "hs",
            CodeLanguage(
                name: "haskell", lineComments: ["--"], blockComments: [("{-", "-}")], commentsNest: true,
                strings: [quote("\"")], layout: .indentation, containers: words("class instance"),
                functions: words("data newtype"), traits: .characters)
        ),
        (
            "ml mli",
            CodeLanguage(
                name: "ocaml", blockComments: [("(*", "*)")], commentsNest: true,
                strings: [quote("\"", isMultiline: true)], layout: .indentation, containers: words("module class"),
                functions: words("let type exception external val"), traits: .characters)
        ),
        (
            "erl",
            CodeLanguage(name: "erlang", lineComments: ["%"], strings: quotes, layout: .indentation)
        ),
        (
            "clj",
            CodeLanguage(
                name: "clojure", lineComments: [";"], strings: [quote("\"", isMultiline: true)], layout: .indentation,
                functions: words("defn defmacro defmulti defmethod defprotocol defrecord deftype"))
        ),
    ]
}
