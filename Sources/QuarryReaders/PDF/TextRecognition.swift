/// Options of reading the text of pictures and scanned pages with tesseract.
///
/// Recognised text has mistakes. Documents with such text have the metadata `recognizedPages`, and a warning.
public struct TextRecognition: Sendable, Hashable, Codable {
    /// The languages of the text, by tesseract's names. The default is Russian and English. Those that are not
    /// installed are left out.
    public var languages = ["rus", "eng"]
    /// More scanned pages of a document are left out, with a warning. The default is 300; a page takes seconds.
    public var maximumPages = 300

    public init() {}
}
