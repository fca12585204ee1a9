import ArgumentParser
import Quarry
import QuarrySession

/// Model properties that the server does not report.
struct RemoteModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Dimension of the vectors, if the model lets you choose.", valueName: "dimension"))
    var dimension: Int?

    @Option(help: ArgumentHelp("Text before every question, such as “query: ” for E5 models.", valueName: "text"))
    var queryPrefix: String?

    @Option(help: ArgumentHelp("Text before every passage, such as “passage: ” for E5 models.", valueName: "text"))
    var passagePrefix: String?

    @Option(help: ArgumentHelp("Maximum input length of the model.", valueName: "tokens"))
    var modelTokens: Int?

    var options: RemoteEmbedder.Options {
        var options = RemoteEmbedder.Options()
        options.dimension = dimension
        options.queryPrefix = queryPrefix
        options.passagePrefix = passagePrefix
        options.maximumTokens = modelTokens
        return options
    }
}
