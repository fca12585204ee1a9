package import QuarryCore
import QuarryText

extension Source {
    /// The encoding of the source, if it is text; nil if it is binary or in no known encoding. It is found as the readers find
    /// it.
    package var encoding: TextEncoding? {
        guard let start = try? SourceStart(self, isLines: true) else { return nil }
        if let encoding = start.encoding { return encoding }
        if start.isMarkedUTF8 || UTF8Census(bytes).badBytes == 0 { return .utf8 }
        if ["html", "htm", "xhtml", "xht", "xml"].contains(pathExtension(of: id) ?? ""),
            let declared = HTMLEncoding.declared(in: bytes), declared.charset != nil,
            (try? CleanSource(self, as: declared)) != nil
        {
            return declared
        }
        return try? EncodingDetector.encoding(of: self)
    }

    /// The targets of the links and pictures of a Markdown file or web page, as written; empty for other formats. Wikilinks
    /// are not among them: `Document.links` has them.
    ///
    /// - Parameter documents: What the source's reader made of it.
    package func linkTargets(in documents: [Document]) -> [String] {
        guard let format = pathExtension(of: id) else { return [] }
        if MarkdownReader().pathExtensions.contains(format) {
            return documents.flatMap { document in
                Array(document.text.utf8).withUnsafeBufferPointer { MarkdownLinks(bytes: $0).targets() }
            }
        }
        guard HTMLReader().pathExtensions.contains(format), !documents.isEmpty else { return [] }
        // With `<base href>` there are none, because they are relative to that address.
        return HTMLTree.withTree(ofPage: self) { tree in
            tree.base == nil
                ? tree.nodes.indices.compactMap { tree.linkedAddress(of: $0) ?? tree.shownAddress(of: $0) } : []
        } ?? []
    }
}
