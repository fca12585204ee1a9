import ArgumentParser
import Quarry

/// The options that say which generation of vectors a run fills, and whether questions are answered from it then.
struct GenerationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The embedding model of a new index or a new generation: a local model (see quarry models list), a folder with a model, provider/model such as openai/text-embedding-3-small, the address of a server, or none (search by words only). The default is the model of the index, or \(LocalModelCatalog.defaultModelName) for a new one.",
            valueName: "model"))
    var model: String?

    @Flag(
        name: .customLong("no-switch"),
        help: "Do not answer questions from a new generation when it is complete (see quarry generation switch).")
    var keepsLive = false
}
