/// What a word before a number says of it.
enum NumberLabel {
    case phone, inn, snils, passport
    /// Another kind of number, such as an order or an ISBN.
    case other

    init?(word: String) {
        if let label = Self.words[word] {
            self = label
        } else if Self.passportStems.contains(where: word.hasPrefix) {
            self = .passport
        } else if Self.otherStems.contains(where: word.hasPrefix) {
            self = .other
        } else {
            return nil
        }
    }

    private static let words: [String: NumberLabel] = {
        let lists: [(NumberLabel, String)] = [
            (
                .phone,
                "тел телефон телефона телефоны телефону телефонам моб мобильный мобильного сотовый сотового факс факса "
                    + "факсу звоните звонить позвоните позвонить whatsapp ватсап вотсап viber вайбер phone phones tel "
                    + "telephone telephones mobile mob fax call telefon téléphone teléfono telefono telefone"
            ), (.inn, "инн inn"), (.snils, "снилс snils"),
            (
                .other,
                "isbn issn ean gtin upc order orders invoice sku tracking трек огрн огрнип бик окпо оквэд октмо "
                    + "окато кбк imei vin contract версия версии version build ticket serial doi pmid код кода code "
                    + "id uid счёт счета счет счёта"
            ),
        ]
        var words: [String: NumberLabel] = [:]
        for (label, list) in lists {
            for word in list.split(separator: " ") { words[String(word)] = label }
        }
        return words
    }()
    private static let passportStems = ["паспорт", "загранпаспорт", "passport"]
    private static let otherStems = ["заказ", "накладн", "артикул", "договор", "билет"]
}

/// The last label before a number.
struct LabelBefore {
    var label: NumberLabel
    /// The bytes between the word and the number.
    var distance: Int
    /// Whether there are digits between them.
    var hasDigitsBetween: Bool

    /// How far a label reaches, in bytes.
    static let reach = 120

    /// Whether it is this label, so near, and without digits between it and the number.
    func names(_ label: NumberLabel, within reach: Int = reach) -> Bool {
        self.label == label && distance <= reach && !hasDigitsBetween
    }

    /// Nil if no label is near. A blank line ends the search.
    init?(of number: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var wordEnd = number
        var hasDigits = false
        while wordEnd > 0, number - wordEnd <= Self.reach {
            let start = Self.wordStart(endingAt: wordEnd, in: bytes)
            if start < wordEnd {
                let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<wordEnd]), as: UTF8.self)
                if let label = NumberLabel(word: word.lowercased()) {
                    self.label = label
                    distance = number - wordEnd
                    hasDigitsBetween = hasDigits
                    return
                }
                wordEnd = start
            } else {
                let byte = bytes[wordEnd - 1]
                if byte &- 0x30 < 10 { hasDigits = true }
                if byte == 0x0A, wordEnd < bytes.count, bytes[wordEnd] == 0x0A { return nil }
                wordEnd -= 1
            }
        }
        return nil
    }

    /// The start of the Latin and Cyrillic letters before an offset.
    private static func wordStart(endingAt end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var start = end
        while start > 0, end - start < 64 {
            if (bytes[start - 1] | 0x20) &- 0x61 < 26 {
                start -= 1
            } else if start > 1, bytes[start - 1] & 0xC0 == 0x80, bytes[start - 2].leadsLetter {
                start -= 2
            } else {
                break
            }
        }
        return start
    }
}

extension UInt8 {
    /// Whether it begins a Latin letter with a mark or a Cyrillic letter, of two bytes.
    var leadsLetter: Bool { (0xC3...0xC9).contains(self) || (0xD0...0xD3).contains(self) }
}
