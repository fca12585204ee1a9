extension AuditReport.Summary {
    /// Reasons not to rely on the files, by question: are they relevant, available, standardised?
    init(of report: AuditReport) {
        relevant = Self.relevance(report)
        available = Self.availability(report)
        standardised = Self.standardisation(report)
    }

    // MARK: Relevant

    private static func relevance(_ report: AuditReport) -> [String] {
        var sentences: [String] = []
        let documents = report.lengths.documents
        if let questions = report.questions {
            sentences.append(
                questions.answered == questions.asked
                    ? "All \(questions.asked) questions are answered from the documents."
                    : "\(questions.answered) of \(questions.asked) questions are answered from the documents "
                        + "(\(percent(questions.answered, of: questions.asked)))."
            )
        } else {
            sentences.append("No questions were given, so it is not measured whether the documents answer yours.")
        }
        let repeats = report.duplicates.redundantDocuments
        if repeats > 0 {
            sentences.append(
                "\(count(repeats, "document repeats", "documents repeat")) another one, word for word or nearly "
                    + "(\(percent(repeats, of: documents)))."
            )
        }
        var doubts: [String] = []
        if report.age.older > 0 {
            doubts.append("\(percent(report.age.older, of: documents)) are older than \(report.age.limit) years")
        }
        if report.lengths.short > 0 {
            doubts.append(
                "\(percent(report.lengths.short, of: documents)) have less than \(AuditReport.Lengths.shortLimit) words"
            )
        }
        if !doubts.isEmpty { sentences.append("Of the documents, \(doubts.joined(separator: " and ")).") }
        return sentences
    }

    // MARK: Available

    private static func availability(_ report: AuditReport) -> [String] {
        var sentences: [String] = []
        let unread = report.files.count - report.files.read
        let parts = report.partlyRead.reduce(0) { $0 + $1.files.count }
        if unread > 0 {
            sentences.append(
                "\(count(unread, "file", "files")) of \(report.files.count) could not be read "
                    + "(\(percent(unread, of: report.files.count))): \(reasons(report.unread)).")
        }
        if parts > 0 {
            sentences.append(
                "\(unread == 0 ? "Every file was read, but" : "Of the others,") "
                    + "\(count(parts, "record or file inside of them was", "records or files inside of them were")) left out: "
                    + "\(reasons(report.partlyRead)).")
        } else if unread == 0 {
            sentences.append("Every file was read.")
        }
        var rights: [String] = []
        let personal = report.personalData
        if personal.files.count > 0 {
            let places = personal.kinds.reduce(0) { $0 + $1.count }
            rights.append(
                "\(count(personal.files.count, "file holds", "files hold")) personal data in "
                    + count(places, "place", "places"))
        }
        let withoutHint = report.files.read - report.licences.files
        if withoutHint > 0 {
            let covering = report.licences.licenceFiles.items.first.map { " (\($0) may speak for them)" } ?? ""
            rights.append(
                report.licences.files == 0
                    ? "no file says under which licence it is"
                    : "\(count(withoutHint, "file does", "files do")) not say under which licence "
                        + "\(withoutHint == 1 ? "it is" : "they are")\(covering)")
        }
        if !rights.isEmpty { sentences.append(capitalized(rights.joined(separator: ", and ")) + ".") }
        if report.links.dangling.count > 0 {
            sentences.append(
                "\(report.links.dangling.count) of \(count(report.links.checked, "link", "links")) between files lead "
                    + "nowhere.")
        }
        return sentences
    }

    /// `6 encrypted, 1 without text and others`.
    private static func reasons(_ problems: [AuditReport.Problem]) -> String {
        let named = problems.prefix(3).map { "\($0.files.count) \(AuditReport.title(of: $0.reason))" }
        return named.joined(separator: ", ") + (problems.count > 3 ? " and others" : "")
    }

    // MARK: Standardised

    private static func standardisation(_ report: AuditReport) -> [String] {
        var sentences: [String] = []
        let documents = report.lengths.documents
        let foreign = report.encodings.filter { $0.name != "UTF-8" }
        let encodings = foreign.reduce(0) { $0 + $1.count }
        var kinds = "The files have \(count(report.formats.count, "format", "formats"))"
        let languages = report.languages.count { $0.code != nil }
        if languages > 0 { kinds += " and \(count(languages, "language", "languages"))" }
        if encodings > 0 {
            kinds += "; \(count(encodings, "file is", "files are")) not in UTF-8 (\(list(foreign.map(\.name))))"
        }
        sentences.append(kinds + ".")
        guard documents > 0 else { return sentences }
        var missing: [String] = []
        if report.withoutTitle.count > 0 {
            missing.append("\(percent(report.withoutTitle.count, of: documents)) have no title")
        }
        if report.age.fromFile > 0 { missing.append("\(percent(report.age.fromFile, of: documents)) name no date") }
        if !missing.isEmpty {
            sentences.append("Of the documents, \(missing.joined(separator: " and ")).")
        }
        let partial = report.metadata.filter { $0.documents < documents }
        let mixed = report.metadata.filter { $0.types.count > 1 }
        if report.metadata.isEmpty {
            sentences.append("No document has metadata.")
        } else if !partial.isEmpty || !mixed.isEmpty {
            var sentence =
                "\(partial.count) of \(count(report.metadata.count, "metadata key", "metadata keys")) are missing in some documents"
            if !mixed.isEmpty { sentence += "; \(mixed.count) have values of different types" }
            sentences.append(sentence + ".")
        }
        return sentences
    }

    // MARK: Words

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
        "\(number) \(number == 1 ? singular : plural)"
    }

    /// A share between nothing and all is not rounded to 0 % or 100 %.
    private static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        let share = (Double(part) * 100 / Double(whole)).rounded()
        if share < 1 { return "less than 1 %" }
        return part < whole && share > 99 ? "more than 99 %" : "\(Int(share)) %"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    }
}

extension AuditReport {
    /// A `Rejection.Reason` in plain words, such as `encrypted`.
    package static func title(of reason: String) -> String {
        titles[reason] ?? reason
    }

    private static let titles = [
        "empty": "without text", "binary": "binary", "undecodable": "damaged or in an unknown encoding",
        "tooLarge": "too large", "unreadable": "without access", "vanished": "gone while reading",
        "invalidName": "with an unreadable name", "notFound": "not found", "brokenRecord": "with broken syntax",
        "duplicateID": "with a repeated id", "unsupportedFormat": "in an unsupported format",
        "noTableNamed": "in need of a named table",
        "needsModel": "in need of a model", "refusedByModel": "refused by a model",
        "withheldByModel": "withheld by a model", "foundEmptyByModel": "found empty by a model",
        "brokenFrontMatter": "with broken front matter", "brokenPattern": "with broken ignore patterns",
        "embeddedData": "with embedded files", "guessedEncoding": "in a guessed encoding", "encrypted": "encrypted",
        "scanned": "scanned, without text", "removed": "taken out of the index", "hiddenText": "with hidden text",
        "repairedText": "with repaired characters", "unreachable": "not reachable", "disallowed": "not allowed",
        "privateAddress": "at a private address",
    ]
}
