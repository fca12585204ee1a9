/// Finds personal data in text by its form, its check digits and the words near it.
///
/// Precision comes first: a number counts only if its form is typical of one kind, if its check digits agree, or if a
/// word before it names the kind. Names, addresses and dates of birth are not found, nor are addresses that a person
/// wrote in a disguise, such as "anna at example dot org".
public enum PersonalData {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case email
        /// International numbers with `+`, Russian and North American ones in their usual forms, and others after a
        /// word such as "tel".
        case phone
        /// A payment card: prefix and length of a network, and the Luhn check digit.
        case card
        /// A Russian taxpayer number (ИНН) of 10 or 12 digits, with its check digits, near its name.
        case inn
        /// A Russian insurance number (СНИЛС), with its check sum.
        case snils
        /// A Russian internal or international passport, near the word.
        case passport

        /// What redacted text has in its place.
        public var placeholder: String { self == .email ? "[e-mail]" : "[\(rawValue)]" }
    }

    public struct Match: Sendable, Hashable {
        public var kind: Kind
        /// UTF-8 offsets into the text.
        public var range: Range<Int>

        public init(kind: Kind, range: Range<Int>) {
            self.kind = kind
            self.range = range
        }
    }

    /// The personal data of a text, in text order and without overlaps.
    /// - Complexity: O(bytes).
    public static func find(in text: String) -> [Match] {
        var text = text
        return text.withUTF8 { bytes in
            var scan = PersonalDataScan(bytes: bytes)
            return scan.matches()
        }
    }
}
