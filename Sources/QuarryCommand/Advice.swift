import Foundation
import Quarry
import QuarryProviders
import QuarrySession
import QuarryTransformers

/// The next step after a library's error, in terms of this tool's flags and configuration.
enum Advice {
    /// A sentence; nil if the error needs none.
    static func text(for error: any Error) -> String? {
        if let error = error as? CorpusError { return error.advice }
        if let error = error as? ModelStoreError, error.code == .notInstalled {
            return "Without it: --mode bm25 for a question, --model none for a new index. "
                + "Fetch it once with: quarry models pull \(error.model)"
        }
        if let error = error as? ModelStoreError, error.code == .unknown {
            var isFolder: ObjCBool = false
            let isHere =
                FileManager.default.fileExists(atPath: error.model, isDirectory: &isFolder) && isFolder.boolValue
            return isHere
                ? "To use the model in the folder of this name: \(CommandWords.quoted("./" + error.model))"
                : "A new index without vectors has --model none."
        }
        if error is AnswerStoreError { return "To turn it off: --no-cache" }
        return switch (error as? ProviderError)?.code {
        case .missingBaseURL:
            "Set its baseURL under “providers” in the configuration."
        case .missingKey:
            "Set the environment variable, or add the key under “keys” in the configuration."
        case .proxyUnauthorized:
            "Set the proxy's address with QUARRY_PROXY, “proxy” in the configuration, or http_proxy and https_proxy."
        case .refusedHost:
            "To allow other hosts, omit --local-only (QUARRY_LOCAL_ONLY, localOnly in the configuration)."
        case .unknownServer:
            "If you trust the server, name it with --model, or under “providers” in the configuration. On a terminal "
                + "you are asked."
        case .rateLimited:
            "Run the same command again later: finished work is kept. Or choose another model."
        case .budgetExceeded:
            "To go on, raise --max-cost or --max-tokens. A model without a price needs one in the configuration, or "
                + "--max-tokens instead of --max-cost."
        default: nil
        }
    }
}
