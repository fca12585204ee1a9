import QuarryCore

extension CorpusError {
    /// All inputs are paths that do not exist.
    static func missingInputs(_ missing: [Rejection]) -> CorpusError {
        CorpusError(.input, missing.map(\.description).joined(separator: "\n"))
    }
}

extension Rejection {
    static func needsModel(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .needsModel, message: "Only a model can read this file, and none is given.")
    }

    static func changedWithoutModel(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .needsModel,
            message:
                "The file changed since a model read it, and no model is given now. The old text stays in the index.")
    }

    static func unredacted(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .needsModel,
            message:
                "A model read it before personal data was to be replaced, and no model is given now. The old text stays "
                + "in the index with the personal data.")
    }

    static func stillWithoutText(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .unsupportedFormat,
            message:
                "It has no document in the index: it had no readable text, or it was removed. It is read again when it changes."
        )
    }

    static func deletedInput(_ path: String) -> Rejection {
        Rejection(
            source: path, reason: .notFound,
            message: "It no longer exists; removed its documents from the index (moved files are kept).")
    }

    static func missingInput(_ path: String) -> Rejection {
        Rejection(source: path, reason: .notFound, message: "There is no such file or folder.")
    }

    static func duplicateName(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .duplicateID,
            message: "Another input has the same name. Only the first was indexed; use unique names.")
    }

    static func nameTaken(_ name: String, by path: String?) -> Rejection {
        Rejection(
            source: name, reason: .duplicateID,
            message:
                "The name already belongs to the file \(path ?? "of the same name"). Use another name for this input."
        )
    }
}
