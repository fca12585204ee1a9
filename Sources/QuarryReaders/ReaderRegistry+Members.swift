package import QuarryCore

extension ReaderRegistry: MemberReader {
    package func obstacle(to member: String, of source: Source) -> Rejection? {
        let id = "\(source.id)/\(member)"
        if reads(member), modelReader(of: member) == nil {
            return obstacleInside(of: member).map { Rejection(source: id, reason: .unsupportedFormat, message: $0) }
        }
        guard needsModel(member) || modelReader(of: member) != nil else { return .unsupported(id) }
        return Rejection(
            source: id, reason: .needsModel,
            message: "Only a model can read it, and models read no files inside of others. Take it out first.")
    }

    package func read(
        _ member: String, _ bytes: [UInt8], of source: Source, metadata: [String: MetadataValue]
    ) async throws -> ReadResult {
        let id = "\(source.id)/\(member)"
        var result = try await read(Source(id: id, bytes: bytes, isExplicit: false), members: nil)
        for index in result.documents.indices {
            result.documents[index].sourceMap.member = member
            result.documents[index].metadata.merge(metadata) { own, _ in own }
        }
        // What is stored belongs to the source, which is the file that is read again.
        result.rejected = result.rejected.map { fault in
            var fault = fault
            let place = fault.line.map { "\(member):\($0)" } ?? member
            fault.message = "\(place): \(fault.message)"
            (fault.source, fault.line) = (source.id, nil)
            return fault
        }
        if let skipped = result.skipped {
            result.unread.append(skipped)
            result.skipped = nil
        }
        return result
    }
}
