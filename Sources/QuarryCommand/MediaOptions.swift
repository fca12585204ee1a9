import ArgumentParser
import Quarry
import QuarrySession

/// Models that read recordings and pictures.
struct MediaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Model that transcribes audio (mp3, m4a, wav, …): provider/model such as openai/gpt-transcribe, or the address of a server.",
            valueName: "model"))
    var transcribe: String?

    @Option(
        help: ArgumentHelp(
            "Model that describes pictures (png, jpg, gif, webp) and copies their text: provider/model, or the address of a server.",
            valueName: "model"))
    var describeImages: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum length of a picture's description; the default is 800.", valueName: "tokens"))
    var descriptionTokens: Int?

    var describing: ImageDescriber.Options {
        var options = ImageDescriber.Options()
        options.maximumTokens = descriptionTokens ?? options.maximumTokens
        return options
    }

    func validate() throws {
        if let descriptionTokens, descriptionTokens < 1 {
            throw ValidationError("--description-tokens \(descriptionTokens) is not positive.")
        }
    }

    func add(to flags: inout SettingFlags) {
        flags.transcribe = Setting(transcribe, flag: "--transcribe")
        flags.describeImages = Setting(describeImages, flag: "--describe-images")
    }

    /// - Throws: `ValidationError` for a length of descriptions without a model.
    func check(_ settings: Settings) throws {
        guard descriptionTokens == nil || settings.describeImages != nil else {
            throw ValidationError("--description-tokens needs a model that describes pictures: --describe-images.")
        }
    }
}
