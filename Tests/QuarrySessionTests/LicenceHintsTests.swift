import QuarryCore
import QuarrySession
import QuarryTestSupport
import Testing

struct LicenceHintsTests {
    private func hints(_ text: String) -> Set<String> {
        var hints = LicenceHints()
        Array(text.utf8).withUnsafeBufferPointer { hints.find(in: $0) }
        return hints.names
    }

    @Test(arguments: [
        ("// SPDX-License-Identifier: Apache-2.0 OR MIT\nimport x", "Apache-2.0 OR MIT"),
        ("Licensed under the Apache License, Version 2.0 (the \"License\")", "Apache License, Version 2.0"),
        ("This text is licensed\nunder the MIT license.", "MIT license"),
        ("see https://creativecommons.org/licenses/by-sa/4.0/ for", "CC BY-SA 4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("© 2024 Mill & Co. ALL RIGHTS RESERVED.", "All rights reserved"),
        ("© ООО «Мельница». Все права защищены.", "Все права защищены"),
    ])
    func `a licence is named as the text names it`(text: String, name: String) {
        #expect(hints(text) == [name])
    }

    @Test func `texts about other things have no hints`() {
        #expect(hints("The driver was licensed in 2004. All rights of way. creativecommons.org is a site.") == [])
    }

    @Test func `the text behind a phrase has a bounded length`() {
        let names = hints("Licensed under " + String(repeating: "x", count: 100_000))
        #expect(names.count == 1 && names.allSatisfy { $0.utf8.count < 100 })
        let many = (0..<1000).map { "SPDX-License-Identifier: L\($0)\n" }.joined()
        #expect(hints(many).count == 20)
    }

    @Test func `damaged text never crashes`() {
        let sample = Array(
            "SPDX-License-Identifier: MIT licensed under the X. creativecommons.org/licenses/by/4.0 Все права защищены"
                .utf8)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            var bytes = sample
            for _ in 0..<6 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            var hints = LicenceHints()
            bytes.withUnsafeBufferPointer { hints.find(in: $0) }
            #expect(hints.names.count <= 20)
        }
    }
}

struct DocumentDateTests {
    @Test(arguments: [
        ("2024-05-31T12:00:00Z", "2024-05-31"), ("2024/5/1", "2024-05-01"), ("2024-05", "2024-05"), ("2024", "2024"),
        ("31.05.2024", "2024-05-31"), ("20240531", "2024-05-31"), ("2024-13-40", "2024"),
        (" 2024-05-31 ", "2024-05-31"),
    ])
    func `a date is read as precisely as it is written`(text: String, date: String) {
        #expect(DocumentDate.latest(in: ["date": .string(text)]) == date)
    }

    @Test(arguments: ["", "soon", "12", "99999999999999999999", "-1", "3.4.21", "0000-00-00"])
    func `other texts are not dates`(text: String) {
        #expect(DocumentDate.latest(in: ["date": .string(text)]) == nil)
    }

    @Test func `the latest date of the metadata counts`() {
        let metadata: [String: MetadataValue] = [
            "created": "2001-01-01", "Last-Modified": "2009-02-03", "birthday": "2020-01-01", "date": 2005,
        ]
        #expect(DocumentDate.latest(in: metadata) == "2009-02-03")
        #expect(DocumentDate.latest(in: ["date": 2005]) == "2005")
    }
}
