import Quarry
import QuarrySession

extension CorpusError {
    /// The next step with this program; nil if the message is enough.
    var advice: String? {
        if case .needsModel = underlyingError as? ChunkingError {
            return "Name a model with --model, or choose another chunker."
        }
        return switch code {
        case .empty: "To index documents: quarry index FOLDER --index FILE"
        case .notAnIndex: "Choose another file with --index."
        case .otherSettings:
            "Omit --chunker, --chunk-target, --chunk-maximum and --chunk-overlap, or choose another file with --index."
        case .damaged:
            "To see the damage: quarry doctor --index FILE. To rebuild what can be rebuilt: quarry doctor --repair --index FILE"
        case .ioFailure: "To see the damage: quarry doctor --index FILE"
        case .noVectors:
            "Search with --mode bm25, or make another index with a model: "
                + "quarry index --index FILE --model \(LocalModelCatalog.defaultModelName)"
        case .replaced: "Run the same command again."
        case .foreignLog: "To use the file as it is, remove FILE-wal and FILE-shm."
        case .otherModel: "Set the model with --model, or choose another index with --index."
        default: nil
        }
    }
}
