import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

/// One change of the index. A run makes changes; a writer applies them to the file, and that of a plan only counts.
enum IndexChange: Sendable {
    /// Stores the names of the roots, and where moved roots are now.
    case folders(FolderNames, known: [NamedFolder])
    case move(StoredSource, to: FoundFile)
    /// Forgets rows of the quarantine that are judged again.
    case release([Int64])
    case quarantine(Rejection, root: String?)
    /// Stores the new time of a file whose content is the same.
    case touch(Int64, SourceRow)
    /// Opens a source for its documents, and forgets what reading it found wrong before.
    case open(SourceRow)
    case write(PreparedDocument, source: String)
    case relocate(key: String, sourceMap: Data, source: String)
    /// Every document of the source was read: those of `keys` are its own, those of `refused` belong to another source.
    case close(SourceRow, keys: Set<ExactText>, rejections: [Rejection], refused: [String])
    /// Marks a source as incomplete while its documents are removed.
    case reopen(Int64)
    /// Removes a document, unless another source has it by now.
    case removeDocument(Int64, of: Int64)
    case removeSource(Int64)
    case complete(Int64, sha256: ContentHash)
    /// Forgets the vectors of replaced documents: everything is read.
    case forgetRetiredVectors
}

/// A source as it will be stored.
struct SourceRow: Sendable {
    /// Its row, where it has one.
    var id: Int64?
    var name: String
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    var sha256: ContentHash
    /// The version of the reader that makes the documents.
    var reader: String
}
