extension String {
    /// The text with control characters made visible, except line feed and tab. A document, a file name or a model's
    /// reply could otherwise move the cursor, change colours, retitle the window or reverse the text of a line.
    ///
    /// ASCII characters become their symbols, such as ␛; U+0080 to U+009F and marks that override the writing direction
    /// become U+FFFD. A carriage return before a line feed is removed.
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
    /// The text for use within a line. Line feeds and tabs are made visible too, so that a text cannot forge a line of
    /// output.
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
    /// Whether the scalar breaks the line.
    fileprivate var breaksLine: Bool {
        switch value {
        case 0x09, 0x0A, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Whether a terminal may interpret the scalar as a command, or reverse the text after it.
    var isTerminalControl: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The visible symbol of a control character.
    fileprivate var symbol: Unicode.Scalar {
        switch value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
        case 0x7F: "␡"
        default: "\u{FFFD}"
        }
    }
}
