import QuarryCore
import QuarryReaders

extension InputScan {
    /// A source to be read.
    enum Work {
        case file(FoundFile, stored: StoredSource?)
        case bytes([UInt8], name: String, stored: StoredSource?)
        case page(FetchedSite.Page, site: String, stored: StoredSource?)
        case document(Document, stored: StoredSource?)

        var byteCount: Int {
            switch self {
            case .file(let file, _): file.size
            case .bytes(let bytes, _, _): bytes.count
            case .page(let page, _, _): page.size
            case .document(let document, _): document.text.utf8.count
            }
        }

        var name: String {
            switch self {
            case .file(let file, _): file.id
            case .bytes(_, let name, _): name
            case .page(let page, _, _): page.address
            case .document(let document, _): document.id
            }
        }

        var stored: StoredSource? {
            switch self {
            case .file(_, let stored), .bytes(_, _, let stored), .page(_, _, let stored), .document(_, let stored):
                stored
            }
        }

        /// Nil unless a server gave one.
        var mediaType: String? {
            if case .page(let page, _, _) = self { page.mediaType } else { nil }
        }

        /// Whether the content, the version of the reader and the name are unchanged.
        func isOnlyTouched(by readers: ReaderRegistry) -> Bool {
            guard let stored, let digest = stored.sha256, stored.name == name, stored.size == byteCount,
                stored.isCurrent(readers, mediaType: mediaType)
            else { return false }
            return switch self {
            case .file(let file, _): (try? ContentHash(ofFileAt: file.path)) == digest
            case .bytes(let bytes, _, _): ContentHash(of: bytes) == digest
            case .page(let page, _, _): (try? ContentHash(ofFileAt: page.file)) == digest
            case .document: false
            }
        }
    }
}
