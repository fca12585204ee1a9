import QuarryCore
import QuarryReaders
import Testing

struct HeadingTitleTests {
    @Test(arguments: [
        ("The _id field", "The _id field"), ("The *.md files", "The *.md files"), ("2 * 3", "2 * 3"),
        ("Array[0][1]", "Array[0][1]"), ("*.md and *.txt", "*.md and *.txt"), ("a ~ b ~~ c", "a ~ b ~~ c"),
        ("Wow![1]", "Wow![1]"), ("__init__ and _x_", "init and x"), ("snake_case_name", "snake_case_name"),
        ("**bold *both*** x", "bold both x"), ("*a **b* c**", "a b c"), ("foo*bar*baz", "foobarbaz"),
        ("\"*x*\" (_y_)", "\"x\" (y)"), ("~~old~~ new", "old new"), ("*[a*](x)", "*a*"), ("[a *b](x) c*", "a *b c*"),
        ("[text][Label One] and [label  one]", "text and label  one"), ("[text][none], [none]", "[text][none], [none]"),
        ("![pic](p.png) ![[e.png]]", "pic e.png"), ("note[^1]", "note[^1]"), ("[![i](j)](k) x", "i x"),
        ("**Важно**: _да_", "Важно: да"), ("f(a)*g(b)*", "f(a)g(b)"),
    ])
    func `only real markup is removed from a heading`(heading: String, title: String) throws {
        let text = "# \(heading)\n\n[label one]: http://x.y\n[^1]: a footnote\n"
        let document = try #require(MarkdownReader().read(Source(id: "a.md", bytes: Array(text.utf8))).documents.first)
        #expect(document.title == title.replacing("  ", with: " "))
    }

    @Test func `a block of raw HTML ends at the end tag of any raw element`() throws {
        #expect(
            try outline("<style>\n<pre>\n# no\n</PRE>\n# yes") == ["p: <style>⏎<pre>⏎# no⏎</PRE>", "h1(yes): # yes"])
    }
}
