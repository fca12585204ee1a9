import QuarryCore
import QuarryReaders
import Testing

struct SourceCodeReaderTests {
    @Test func `the line of the interpreter keeps its signs`() throws {
        let text =
            "#!/usr/bin/env python3\n# Counts the pots of a kiln, and prints how many there are of each size.\nx = 1\n"
        let document = try read(text, "a.py")
        #expect(
            document.text.hasPrefix(
                "#!/usr/bin/env python3\n\nCounts the pots of a kiln, and prints how many there are of each size."))
    }

    private func read(_ text: String, _ id: String) throws -> Document {
        try #require(SourceCodeReader().read(Source(id: id, bytes: Array(text.utf8))).documents.first)
    }

    private func headings(_ text: String, _ id: String) throws -> [String] {
        try read(text, id).blocks.compactMap { block in
            if case .heading(let level, let title) = block.kind { "\(level) \(title)" } else { nil }
        }
    }

    static let swift = """
        import A

        /// Parses a text of many words.
        struct Parser {
            /// The first of the parser's methods.
            func parse(_ text: String, with b: Int) {
                let a = "func no() {" // }
            }

            var x = 1
        }
        """

    @Test func `declarations are headings and comments are prose`() throws {
        let document = try read(Self.swift, "a.swift")
        #expect(try headings(Self.swift, "a.swift") == ["1 Parser", "2 parse(_:with:)", "1 Parser"])
        #expect(
            document.text.contains(
                "# Parser\n\nParses a text of many words.\n\n```swift\nstruct Parser {"))
        #expect(try document.written("Parses", in: Self.swift) == "Parses")
    }

    @Test func `docstrings are prose, and hashes are no headings`() throws {
        let text =
            "class A:\n    \"\"\"The docstring.\"\"\"\n\n    def f(self):\n        # no heading here at all\n        return 1\n\nmain()\n"

        #expect(try headings(text, "a.py") == ["1 A", "2 f", "1 a.py"])
        let document = try read(text, "a.py")
        #expect(document.text.contains("The docstring.") && !document.text.contains("\"\"\""))
    }

    @Test(arguments: [
        ("a.c", "static int\nmain(int c)\n{\n  return 0;\n}\n", ["1 main"]),
        ("a.java", "public class A {\n  int f(int x) {\n    if (x) {\n    }\n  }\n}\n", ["1 A", "2 f"]),
        ("a.js", "class A {\n  f(x) {\n  }\n}\nconst g = (x) => {\n}\n", ["1 A", "2 f", "1 g"]),
        ("a.go", "func (r *T) Read(p []byte) {\n}\n", ["1 T.Read"]),
        ("a.rs", "impl<T> Show for Box<T> {\n    fn f(&'a self) {\n    }\n}\n", ["1 Box", "2 f"]),
        ("a.rb", "class A\n  def f?\n    1\n  end\nend\n", ["1 A", "2 f?"]),
        ("a.sh", "run() {\n  cat <<E\nf() {\nE\n}\n", ["1 run"]),
        ("a.sql", "CREATE TABLE IF NOT EXISTS app.users (id int);\n", ["1 app.users"]),
        ("a.lua", "function M.f(x)\nend\n", ["1 M.f"]),
        ("a.kt", "class A {\n  fun f() {\n  }\n}\n", ["1 A", "2 f"]),
        ("a.php", "<?php\nclass A {\n  function f() {\n  }\n}\n", ["1 A", "2 f"]),
        ("a.cs", "namespace N {\n  class A {\n    void F() {\n    }\n  }\n}\n", ["1 N", "2 A", "3 F"]),
        ("a.cpp", "int A::f(int x) {\n  return 1;\n}\n", ["1 A::f"]),
        ("a.scala", "object A {\n  def f(x: Int) = {\n  }\n}\n", ["1 A", "2 f"]),
    ]) func `the declarations of a language are found`(id: String, text: String, expected: [String]) throws {
        #expect(try headings(text, id) == expected)
    }

    @Test(arguments: ["a.swift", "a.py", "a.js", "a.c", "a.sh", "a.sql", "a.rb", "a.rs"])
    func `damaged code is read`(id: String) async throws {
        try await readDamaged(Self.swift + "\n`${ <<E \"\"\" /* ({[", id: id, with: SourceCodeReader())
    }

    @Test func `what is not closed stays in the text`() throws {
        for text in ["x = \"abc", "x /* abc", "(((( abc", "}}}} abc"] {
            #expect(try read(text, "a.swift").text.contains("abc"))
        }
    }
}
