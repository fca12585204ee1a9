import CQuarryXML
import QuarryCore

/// Reads an XML document from left to right with libxml2. Nothing is loaded from elsewhere, and entities that a document
/// defines are not expanded.
///
/// Names have no namespace prefix: `w:p` is `p`. Attributes keep theirs unless it is asked for without.
struct XMLCursor: ~Copyable {
    enum Event {
        /// The start of an element. One without content is followed by its end, too.
        case start(String)
        case end(String)
        case text(String)
    }

    /// A document that is not well-formed, nests deeper than 256 elements (libxml2's limit), or has an element with too many
    /// attributes.
    struct Malformed: Error {
        enum Cause: Sendable {
            case fault, attributes, depth
            /// Entities that refer to each other without end, or that would make a text out of proportion to the document.
            case entities
        }

        var line: Int
        /// How many bytes were parsed; nil if unknown.
        var offset: Int?
        var cause = Cause.fault

        /// For a sentence about the document.
        var problem: String {
            switch cause {
            case .fault: "has a fault"
            case .attributes: "has an element with more than \(TagLimits.attributes) attributes"
            case .depth: "has elements nested more than \(XMLCursor.maximumDepth) deep"
            case .entities: "defines entities that repeat themselves"
            }
        }
    }

    /// The limit of libxml2.
    private static let maximumDepth = 256

    private let reader: xmlTextReaderPtr
    /// The end of an empty element, which libxml2 does not report.
    private var pendingEnd: String?

    /// - `bytes`: The document; it must live as long as the cursor. Its declaration gives the encoding.
    /// - Throws: ``Malformed`` if the reader cannot be made.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Malformed) {
        if let excess = TagLimits.firstExcess(in: bytes) {
            throw Malformed(line: SourceMap.lineStarts(in: bytes[..<excess]).count, cause: .attributes)
        }
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        let reader = bytes.withMemoryRebound(to: CChar.self) { bytes in
            xmlReaderForMemory(bytes.baseAddress, Int32(clamping: bytes.count), nil, nil, Int32(options))
        }
        guard let reader else { throw Malformed(line: 1) }
        self.reader = reader
        // Invalid bytes of an encoding are otherwise printed, whatever the options. The handler is the thread's.
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        xmlResetLastError()
    }

    deinit {
        xmlFreeTextReader(reader)
        xmlSetStructuredErrorFunc(nil, nil)
    }

    /// The next event; nil at the end.
    mutating func next() throws(Malformed) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while true {
            let status = xmlTextReaderRead(reader)
            guard status >= 0 else {
                let parsed = Int(xmlTextReaderByteConsumed(reader))
                throw Malformed(
                    line: Int(xmlTextReaderGetParserLineNumber(reader)), offset: parsed > 0 ? parsed : nil, cause: cause
                )
            }
            guard status == 1 else { return nil }
            switch UInt32(bitPattern: xmlTextReaderNodeType(reader)) {
            case XML_READER_TYPE_ELEMENT.rawValue:
                let name = string(xmlTextReaderConstLocalName(reader))
                if xmlTextReaderIsEmptyElement(reader) == 1 { pendingEnd = name }
                return .start(name)
            case XML_READER_TYPE_END_ELEMENT.rawValue: return .end(string(xmlTextReaderConstLocalName(reader)))
            case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue,
                XML_READER_TYPE_WHITESPACE.rawValue, XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
                return .text(string(xmlTextReaderConstValue(reader)))
            // Entities are not expanded; their names are kept.
            case XML_READER_TYPE_ENTITY_REFERENCE.rawValue:
                return .text("&\(string(xmlTextReaderConstName(reader)));")
            default: continue
            }
        }
    }

    /// Why reading ended.
    private var cause: Malformed.Cause {
        guard let error = xmlGetLastError()?.pointee else { return .fault }
        if error.code == Int32(XML_ERR_ENTITY_LOOP.rawValue) { return .entities }
        // libxml2 has no code of its own for this.
        return string(UnsafeRawPointer(error.message)?.assumingMemoryBound(to: xmlChar.self)).contains(
            "Excessive depth")
            ? .depth : .fault
    }

    /// The value of an attribute of the element that started last; its name has the prefix that the document gives it.
    func attribute(_ name: String) -> String? {
        guard xmlTextReaderMoveToAttribute(reader, name) == 1 else { return nil }
        defer { xmlTextReaderMoveToElement(reader) }
        return string(xmlTextReaderConstValue(reader))
    }

    /// All attributes of the element that started last, by their names without prefixes.
    func attributes() -> [String: String] {
        var found: [String: String] = [:]
        guard xmlTextReaderMoveToFirstAttribute(reader) == 1 else { return found }
        repeat {
            found[string(xmlTextReaderConstLocalName(reader))] = string(xmlTextReaderConstValue(reader))
        } while xmlTextReaderMoveToNextAttribute(reader) == 1
        xmlTextReaderMoveToElement(reader)
        return found
    }

    /// The nesting of the current element, from 0.
    var depth: Int { Int(xmlTextReaderDepth(reader)) }

    private func string(_ text: UnsafePointer<xmlChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
