import Quarry
import QuarrySession

extension CorpusError {
    /// The next step with this program; nil if the message is enough.
    var advice: String? {
        if case .needsModel = underlyingError as? ChunkingError {
            return "Name a model with --model, or choose another chunker."
        }
        let file = path.map(CommandWords.quoted) ?? "FILE"
        return switch code {
        case .empty: "To index documents: quarry index FOLDER --index \(file)"
        case .notAnIndex: "Choose another file with --index."
        case .otherSettings:
            "Omit --chunker, --chunk-target, --chunk-maximum and --chunk-overlap, or choose another file with --index."
        case .damaged where !isRepairable:
            "To see the damage: quarry doctor --index \(file). A repair cannot mend it: restore the file from a copy, or move it "
                + "away and index the documents again."
        case .damaged:
            "To see the damage: quarry doctor --index \(file). To rebuild what can be rebuilt: quarry doctor --repair --index \(file)"
        case .ioFailure: "To see the damage: quarry doctor --index \(file)"
        case .noVectors:
            "Search with --mode bm25, or give it vectors: "
                + "quarry update --index \(file) --model \(LocalModelCatalog.defaultModelName)"
        case .replaced, .switched: "Run the same command again."
        case .noGeneration: "To see them: quarry generation list --index \(file)"
        case .incompleteGeneration:
            "Complete it with its model (quarry update --model MODEL), or switch anyway with --incomplete: those chunks are "
                + "found by their words only."
        case .foreignLog: "To use the file as it is, remove \(file)-wal and \(file)-shm."
        case .otherModel: "Set the model with --model, or choose another index with --index."
        default: nil
        }
    }
}
