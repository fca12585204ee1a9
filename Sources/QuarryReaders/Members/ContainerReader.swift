package import QuarryCore

/// A reader of sources that hold files, such as archives and mail with attachments.
///
/// A registry gives it a way to read these. They are read one level deep: of a file that holds files itself, `read(_:)`
/// reads the rest.
package protocol ContainerReader: Reader {
    /// Reads a source and the files in it.
    func read(_ source: Source, members: any MemberReader) async throws -> ReadResult

    /// Why a file of this format is not read where it is inside of another one; nil if `read(_:)` reads a part of it.
    var obstacleInside: String? { get }
}

/// Reads the files inside of a source with the readers of their formats.
package protocol MemberReader: Sendable {
    /// Why a file is not read, judged by its name; nil if it is to be unpacked and read.
    func obstacle(to member: String, of source: Source) -> Rejection?

    /// The documents of a file. Their names are the path of the file in the source, and so are their members.
    ///
    /// - `metadata`: Facts of the source. Those of the file itself count more.
    func read(
        _ member: String, _ bytes: [UInt8], of source: Source, metadata: [String: MetadataValue]
    ) async throws -> ReadResult
}

extension ReadResult {
    /// Adds the documents and faults of a file inside of the source.
    mutating func add(_ member: ReadResult) {
        documents += member.documents
        rejected += member.rejected
        warnings += member.warnings
        unread += member.unread
        bidirectionalControls += member.bidirectionalControls
    }
}
