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

extension String {
    /// The text as a part of one line: line feeds and tabs are shown as well, since what follows a forged one would pass
    /// for a line of ours, and so are marks that turn the direction of writing around.
    var visibleInLine: String {
        guard unicodeScalars.contains(where: { $0.isTerminalControl || $0.breaksLine }) else { return self }
        var shown = ""
        for scalar in unicodeScalars {
            shown.unicodeScalars.append(scalar.isTerminalControl || scalar.breaksLine ? scalar.symbol : scalar)
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether what follows it may stand elsewhere than behind it.
    fileprivate var breaksLine: Bool {
        switch value {
        case 0x09, 0x0A, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

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
