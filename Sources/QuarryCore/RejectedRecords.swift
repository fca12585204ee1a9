/// The rejections of one source and of files inside of it: the first of them, and the number of the others.
///
/// A file of a million broken lines has a report of bounded size.
package struct RejectedRecords: Sendable {
    /// How many rejections are listed.
    package static let limit = 100

    /// The source that the last one names; nil for that of the first that is not listed.
    private let source: String?
    private var listed: [Rejection] = []
    /// The first that is not listed.
    private var next: Rejection?
    private var omitted = 0

    package init(_ rejections: [Rejection] = [], of source: String? = nil) {
        self.source = source
        for rejection in rejections { append(rejection) }
    }

    package mutating func append(_ rejection: Rejection) {
        if listed.count < Self.limit, rejection.omitted == nil {
            listed.append(rejection)
        } else {
            next = next ?? rejection
            omitted += rejection.omitted ?? 1
        }
    }

    /// The listed rejections. If there are more, the last one counts the others.
    package var all: [Rejection] {
        guard var rest = next else { return listed }
        rest.source = source ?? rest.source
        rest.message = "\(omitted) more problems of this file are not listed."
        rest.omitted = omitted
        return listed + [rest]
    }
}
