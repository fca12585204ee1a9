/// A string that is equal only to the same UTF-8 bytes.
///
/// `String` equates canonically equivalent texts, such as a composed and a decomposed `é`. For a file system they are
/// two names, and they tokenize differently.
package struct ExactText: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// The distinct texts in order of appearance, and for each text its index among them.
    package static func distinct(_ texts: [String]) -> (distinct: [String], rows: [Int]) {
        var places: [ExactText: Int] = [:]
        var distinct: [String] = []
        let rows = texts.map { text in
            let key = ExactText(text)
            if let place = places[key] { return place }
            places[key] = distinct.count
            distinct.append(text)
            return distinct.count - 1
        }
        return (distinct, rows)
    }
}
