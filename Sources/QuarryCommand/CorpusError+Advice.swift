import Quarry
import QuarrySession

extension CorpusError {
    /// What to do about it with this program; nil where the message says all.
    var advice: String? {
        switch code {
        case .missing, .empty: "Index documents into it with: quarry index FOLDER --index FILE"
        case .notAnIndex, .otherSettings: "Name another file with --index."
        case .damaged, .ioFailure: "To see what is wrong: quarry doctor --index FILE"
        case .noVectors:
            "Search with --mode bm25, or index the documents with a model into another file: "
                + "quarry index --index FILE --model \(LocalModelCatalog.defaultModelName)"
        case .otherModel: "Name the model with --model, or another index with --index."
        default: nil
        }
    }
}
