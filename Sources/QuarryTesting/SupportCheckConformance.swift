/// Verifies the requirements of a check of answers: what a passage says is supported, in English and Russian, and what
/// changes a number, date, name or unit of it, denies it, swaps who did what, or speaks of something else is not.
///
///     try await verifySupportCheck { statement, passage in
///         check.check(statement, against: [passage]).sentences.allSatisfy(\.isSupported)
///     }
///
/// No part of Quarry calls it: it is for the tests of a check of your own.
///
/// - Parameter isSupported: Whether the check finds support for a statement of one sentence in a passage. It is called
///   about thirty times.
/// - Throws: ``ConformanceFailure`` with the first statement that was judged wrongly, or the errors of the check.
public func verifySupportCheck(
    _ isSupported: (_ statement: String, _ passage: String) async throws -> Bool
) async throws {
    for (passage, supported, unsupported) in supportCases {
        for statement in supported + unsupported {
            let verdict = try await isSupported(statement, passage)
            let expected = supported.contains(statement)
            try require(
                verdict == expected,
                "“\(statement)” counts as \(verdict ? "supported" : "unsupported") by “\(passage)”.")
            try require(
                try await isSupported(statement, passage) == verdict,
                "“\(statement)” is judged otherwise the second time.")
        }
        try require(try await !isSupported(supported[0], ""), "“\(supported[0])” is supported by an empty passage.")
    }
}

private let supportCases: [(passage: String, supported: [String], unsupported: [String])] = [
    (
        "The ferry leaves Varde at 9:40 on weekdays.",
        ["The ferry leaves Varde at 9:40 on weekdays.", "The ferry leaves Varde at 9:40."],
        [
            "The ferry leaves Varde at 10:15.", "The ferry leaves Kolding at 9:40.",
            "The ferry does not leave Varde at 9:40.", "The bakery sells rye bread.",
        ]
    ),
    (
        "Lena Holt sold the mill to Otto Wren in 1931 for 500 crowns.",
        ["Lena Holt sold the mill to Otto Wren in 1931."],
        [
            "Otto Wren sold the mill to Lena Holt in 1931.", "Lena Holt sold the mill to Otto Wren in 1932.",
            "Lena Holt sold the mill to Otto Wren for 900 crowns.",
        ]
    ),
    (
        "Насос чинит смотритель Пётр Зимин по вторникам.",
        ["Насос чинит смотритель Пётр Зимин.", "Насос чинит смотритель Пётр Зимин по вторникам."],
        ["Насос чинит смотритель Иван Орлов.", "Смотритель Пётр Зимин не чинит насос.", "Пекарня закрыта зимой."]
    ),
]
