extension String {
    /// The text as it can be sent to a terminal: what a document, a file name or a model's reply holds of control
    /// characters, other than line feed and tab, would move the cursor, change colours or retitle the window.
    ///
    /// ASCII's are shown by their symbols, such as ␛; those from U+0080 to U+009F by U+FFFD. A carriage return before a
    /// line feed is left out.
    var visible: String {
        guard unicodeScalars.contains(where: \.isTerminalControl) else { return self }
        var shown = ""
        var isReturn = false
        for scalar in unicodeScalars {
            if isReturn, scalar != "\n" { shown.unicodeScalars.append("␍") }
            isReturn = scalar == "\r"
            if !isReturn { shown.unicodeScalars.append(scalar.isTerminalControl ? scalar.symbol : scalar) }
        }
        if isReturn { shown.unicodeScalars.append("␍") }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may take it for a command, or for the beginning of one.
    fileprivate var isTerminalControl: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F: true
        default: false
        }
    }

    /// What stands for a control character.
    fileprivate var symbol: Unicode.Scalar {
        switch value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
        case 0x7F: "␡"
        default: "\u{FFFD}"
        }
    }
}
