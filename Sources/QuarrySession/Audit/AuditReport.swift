/// What a person needs to know before relying on a folder of documents: the JSON `quarry.audit/1`.
///
/// It is a pure function of the files and their texts, with sorted lists. Personal data is counted and never quoted.
package struct AuditReport: Sendable, Hashable, Codable {
    package static let schema = "quarry.audit/1"
    /// The most entries of a list; its count is that of all.
    package static let maximumListed = 10_000

    /// A list that may be cut, with the number of all entries.
    package struct Listing<Item: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
        package private(set) var count = 0
        package private(set) var items: [Item] = []

        package init() {}

        package init(_ items: some Sequence<Item>) {
            for item in items { append(item) }
        }

        package mutating func append(_ item: Item) {
            count += 1
            if items.count < AuditReport.maximumListed { items.append(item) }
        }

        /// Counts entries that are not known by name.
        package mutating func count(unnamed: Int) { count += unnamed }
    }

    /// Reasons not to rely on the folder, in sentences.
    package struct Summary: Sendable, Hashable, Codable {
        package var relevant: [String] = []
        package var available: [String] = []
        package var standardised: [String] = []

        package init() {}
    }

    package struct Files: Sendable, Hashable, Codable {
        /// All files, except skipped ones.
        package var count = 0
        package var bytes = 0
        /// Files with at least one document.
        package var read = 0
        /// Hidden, ignored and excluded files and folders, and links.
        package var skipped = 0
    }

    package struct Format: Sendable, Hashable, Codable {
        /// The extension in lower case; empty for files without one.
        package var name: String
        package var files = 0
        package var bytes = 0
        package var documents = 0
        /// Files without a document.
        package var unread = 0
    }

    package struct Count: Sendable, Hashable, Codable {
        package var name: String
        package var count: Int
    }

    package struct LanguageShare: Sendable, Hashable, Codable {
        /// The ISO 639-1 code; nil for documents in an unknown language or without words.
        package var code: String?
        /// In English, such as `Russian`; `unknown` without a code.
        package var name: String
        package var documents = 0
        package var words = 0
    }

    /// Files with the same problem.
    package struct Problem: Sendable, Hashable, Codable {
        package struct File: Sendable, Hashable, Codable {
            package var name: String
            package var message: String
        }

        /// A `Rejection.Reason`.
        package var reason: String
        package var files = Listing<File>()
    }

    package struct Duplicates: Sendable, Hashable, Codable {
        package struct NearGroup: Sendable, Hashable, Codable {
            package var documents: [String]
            /// The lowest similarity (Jaccard, 0 to 1) that holds the group together: each document has at least this much in
            /// common with another one of the group.
            package var similarity: Double
        }

        /// Groups of files with the same bytes.
        package var sameBytes = Listing<[String]>()
        /// Groups of documents with the same text, in files with different bytes.
        package var sameText = Listing<[String]>()
        package var near = Listing<NearGroup>()
        /// Documents that only repeat the text of another one, or nearly.
        package var redundantDocuments = 0
    }

    package struct PersonalDataCounts: Sendable, Hashable, Codable {
        package struct Kind: Sendable, Hashable, Codable {
            package var kind: String
            package var count: Int
            package var files: Int
        }

        package struct File: Sendable, Hashable, Codable {
            package var name: String
            /// By kind.
            package var counts: [String: Int]
        }

        package var kinds: [Kind] = []
        package var files = Listing<File>()
    }

    package struct Licence: Sendable, Hashable, Codable {
        /// The hint, such as `MIT` or `CC BY-SA 4.0`.
        package var name: String
        package var files: Listing<String>
    }

    package struct Licences: Sendable, Hashable, Codable {
        package var hints: [Licence] = []
        /// Read files with a hint of their own.
        package var files = 0
        /// Files such as `LICENSE`, which may speak for the others in their folders.
        package var licenceFiles = Listing<String>()
    }

    package struct Links: Sendable, Hashable, Codable {
        package struct Dangling: Sendable, Hashable, Codable {
            package var file: String
            package var target: String
            /// Whether the target is outside the folders.
            package var isOutside: Bool
        }

        /// Links that were checked: relative ones, and wikilinks.
        package var checked = 0
        package var dangling = Listing<Dangling>()
    }

    package struct Age: Sendable, Hashable, Codable {
        package struct Dated: Sendable, Hashable, Codable {
            package var document: String
            /// `2024-05-31`, `2024-05` or `2024`.
            package var date: String
        }

        package var oldest: Dated?
        package var newest: Dated?
        /// Documents by year.
        package var years: [Count] = []
        /// Documents with a date in their metadata; the others have that of their file.
        package var fromMetadata = 0
        package var fromFile = 0
        /// Documents with a date after the day of the audit.
        package var inFuture = 0
        /// The limit in years, and the documents that are older.
        package var limit = 0
        package var older = 0
    }

    package struct MetadataKey: Sendable, Hashable, Codable {
        package var key: String
        package var documents = 0
        /// The types of its values: `string`, `number`, `bool`, `strings`.
        package var types: [String] = []
    }

    package struct Lengths: Sendable, Hashable, Codable {
        package var documents = 0
        /// In words, as all following.
        package var total = 0
        package var shortest = 0
        package var median = 0
        package var longest = 0
        /// Nine of ten documents are at most this long.
        package var ninthDecile = 0
        /// Documents of less than ``Lengths/shortLimit`` words.
        package var short = 0

        package static let shortLimit = 20
    }

    package struct Questions: Sendable, Hashable, Codable {
        package struct Question: Sendable, Hashable, Codable {
            package var text: String
            package var isAnswered: Bool
            /// The estimated probability that the best sentence holds the answer, 0 to 1.
            package var support: Double
            /// The document of the best sentence or passage, if any was found.
            package var document: String?
        }

        package var asked: Int
        package var answered: Int
        package var questions: [Question]

        package var unanswered: [Question] { questions.filter { !$0.isAnswered } }
    }

    package var schema = Self.schema
    /// The day of the audit, in UTC.
    package var date: String
    package var inputs: [String]
    package var summary = Summary()
    package var files = Files()
    /// By number of files.
    package var formats: [Format] = []
    /// Of the files whose text is in their bytes, by number of files.
    package var encodings: [Count] = []
    /// By number of documents.
    package var languages: [LanguageShare] = []
    /// Files without a document, by reason.
    package var unread: [Problem] = []
    /// Records, and files inside of archives and mails, that were left out of files that were read, by reason.
    package var partlyRead: [Problem] = []
    /// Doubtful points in files that were read, by reason.
    package var warnings: [Problem] = []
    package var duplicates = Duplicates()
    package var personalData = PersonalDataCounts()
    package var licences = Licences()
    package var links = Links()
    package var age = Age()
    package var withoutTitle = Listing<String>()
    /// By number of documents.
    package var metadata: [MetadataKey] = []
    package var lengths = Lengths()
    /// Nil if no questions were given.
    package var questions: Questions?

    package init(date: String, inputs: [String]) {
        self.date = date
        self.inputs = inputs
    }

    /// Files that could not be read for a reason.
    package func unreadCount(_ reasons: String...) -> Int {
        unread.reduce(0) { reasons.contains($1.reason) ? $0 + $1.files.count : $0 }
    }
}
