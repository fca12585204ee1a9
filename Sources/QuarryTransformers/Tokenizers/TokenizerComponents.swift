import Foundation
import QuarryJSON

/// The members of a `tokenizer.json` around its model.
struct TokenizerComponents {
    let members: JSONValue

    func tokenizer(of model: VocabularyModel) throws(TokenizerError) -> any Tokenizer {
        guard let type = model.settings["type"] else {
            throw TokenizerError(.unsupported, "The model has no type. WordPiece and Unigram are supported.")
        }
        let name = try type.text()
        guard name == "WordPiece" || name == "Unigram" else {
            throw TokenizerError(.unsupported, "The model type \(name) is not supported. WordPiece and Unigram are.")
        }
        let pipeline = try pipeline()
        let template = try template()
        let preTokenizers = try preTokenizers()
        if name == "WordPiece" {
            guard preTokenizers == [.bert] else {
                throw TokenizerError(
                    .unsupported, "A WordPiece model needs the pre-tokenizer BertPreTokenizer and no other.")
            }
            return WordPieceTokenizer(pipeline: pipeline, model: try model.wordPiece(), template: template)
        }
        let preTokenizer: MetaspacePreTokenizer
        switch preTokenizers.count {
        case 1:
            guard case .metaspace(let only) = preTokenizers[0] else { throw unsuitable }
            preTokenizer = only
        case 2:
            guard preTokenizers[0] == .whiteSpace, case .metaspace(var last) = preTokenizers[1] else {
                throw unsuitable
            }
            last.splitsAtWhiteSpace = true
            preTokenizer = last
        default: throw unsuitable
        }
        return UnigramTokenizer(
            pipeline: pipeline, preTokenizer: preTokenizer, model: try model.unigram(), template: template)
    }

    private var unsuitable: TokenizerError {
        TokenizerError(
            .unsupported, "A Unigram model needs the pre-tokenizer Metaspace, or WhitespaceSplit and then Metaspace.")
    }

    private func pipeline() throws(TokenizerError) -> TextPipeline {
        var normalizers: [TextNormalizer] = []
        if let value = members["normalizer"], value != .null { try appendNormalizers(value, to: &normalizers) }
        var pipeline = TextPipeline(
            rawTokens: AddedTokens([]), normalizedTokens: AddedTokens([]), normalizers: normalizers)
        var raw: [AddedToken] = []
        var normalized: [AddedToken] = []
        for value in try members.member("added_tokens", orElse: .array([])).elements() {
            let content = try value.member("content").string()
            if try value.flag("single_word", orElse: false) {
                throw TokenizerError(
                    .unsupported,
                    "The added token \"\(String(decoding: content, as: UTF8.self))\" needs single_word, which is not "
                        + "implemented.")
            }
            var token = AddedToken(
                id: try value.member("id").id("the id of an added token"), content: content,
                stripsLeft: try value.flag("lstrip", orElse: false),
                stripsRight: try value.flag("rstrip", orElse: false))
            if try value.flag("normalized", orElse: !value.flag("special", orElse: false)) {
                token.content = pipeline.normalized(content)
                normalized.append(token)
            } else {
                raw.append(token)
            }
        }
        pipeline.rawTokens = AddedTokens(raw)
        pipeline.normalizedTokens = AddedTokens(normalized)
        return pipeline
    }

    private func appendNormalizers(
        _ value: JSONValue, to steps: inout [TextNormalizer]
    ) throws(TokenizerError) {
        let type = try value.member("type").text()
        switch type {
        case "Sequence":
            for step in try value.member("normalizers").elements() { try appendNormalizers(step, to: &steps) }
        case "BertNormalizer":
            let lowercases = try value.flag("lowercase", orElse: true)
            let stripsAccents = value["strip_accents"] ?? .null
            steps.append(
                .bert(
                    BertNormalizer(
                        cleansText: try value.flag("clean_text", orElse: true),
                        separatesIdeographs: try value.flag("handle_chinese_chars", orElse: true),
                        stripsAccents: stripsAccents == .null ? lowercases : stripsAccents == .bool(true),
                        lowercases: lowercases)))
        case "Precompiled":
            let encoded = try value.member("precompiled_charsmap").text()
            guard let data = Data(base64Encoded: encoded) else {
                throw TokenizerError(.malformed, "The precompiled_charsmap is not Base64.")
            }
            steps.append(.precompiled(CharacterMapNormalizer(try PrecompiledCharacterMap([UInt8](data)))))
        case "Replace": steps.append(try replacement(value))
        case "NFC": steps.append(.unicode(.nfc))
        case "NFD": steps.append(.unicode(.nfd))
        case "NFKC": steps.append(.unicode(.nfkc))
        case "NFKD": steps.append(.unicode(.nfkd))
        case "Lowercase": steps.append(.lowercase)
        case "StripAccents": steps.append(.stripAccents)
        case "Strip":
            steps.append(
                .strip(
                    left: try value.flag("strip_left", orElse: true),
                    right: try value.flag("strip_right", orElse: true)))
        case "Prepend": steps.append(.prepend(try value.member("prepend").string()))
        default: throw TokenizerError(.unsupported, "The normalizer \(type) is not implemented.")
        }
    }

    private func replacement(_ value: JSONValue) throws(TokenizerError) -> TextNormalizer {
        let content = try value.member("content").string()
        let pattern = try value.member("pattern")
        if let string = try pattern["String"]?.string(), !string.isEmpty { return .replace(string, with: content) }
        if let expression = try pattern["Regex"]?.text() {
            if expression.hasPrefix(" {"), expression.hasSuffix(",}"),
                let minimum = Int(expression.dropFirst(2).dropLast(2)), minimum > 0
            {
                return .replaceSpaces(minimum: minimum, with: content)
            }
            throw TokenizerError(
                .unsupported,
                "The normalizer Replace with the regular expression \"\(expression)\" is not implemented; only runs of "
                    + "spaces, as in \" {2,}\", are.")
        }
        throw TokenizerError(.unsupported, "The normalizer Replace has no supported pattern.")
    }

    private enum PreTokenizer: Hashable {
        case bert
        case metaspace(MetaspacePreTokenizer)
        case whiteSpace
    }

    private func preTokenizers() throws(TokenizerError) -> [PreTokenizer] {
        guard let value = members["pre_tokenizer"], value != .null else { return [] }
        return try preTokenizers(value)
    }

    private func preTokenizers(_ value: JSONValue) throws(TokenizerError) -> [PreTokenizer] {
        let type = try value.member("type").text()
        switch type {
        case "Sequence":
            var steps: [PreTokenizer] = []
            for step in try value.member("pretokenizers").elements() { steps += try preTokenizers(step) }
            return steps
        case "BertPreTokenizer": return [.bert]
        case "WhitespaceSplit": return [.whiteSpace]
        case "Metaspace": return [.metaspace(try metaspace(value))]
        default: throw TokenizerError(.unsupported, "The pre-tokenizer \(type) is not implemented.")
        }
    }

    private func metaspace(_ value: JSONValue) throws(TokenizerError) -> MetaspacePreTokenizer {
        var metaspace = MetaspacePreTokenizer()
        if let replacement = value["replacement"] { metaspace.replacement = try replacement.string() }
        guard String(decoding: metaspace.replacement, as: UTF8.self).unicodeScalars.count == 1 else {
            throw TokenizerError(.malformed, "The replacement of Metaspace is not one character.")
        }
        metaspace.splits = try value.flag("split", orElse: true)
        if !(try value.flag("add_prefix_space", orElse: true)) { metaspace.prependScheme = .never }
        if let scheme = value["prepend_scheme"] {
            let name = try scheme.text()
            guard let known = MetaspacePreTokenizer.PrependScheme(rawValue: name) else {
                throw TokenizerError(.unsupported, "The prepend_scheme \(name) of Metaspace is not implemented.")
            }
            metaspace.prependScheme = known
        }
        return metaspace
    }

    private func template() throws(TokenizerError) -> SpecialTokenTemplate {
        guard let value = members["post_processor"], value != .null else { return SpecialTokenTemplate() }
        let type = try value.member("type").text()
        switch type {
        case "TemplateProcessing": return try template(of: value)
        case "BertProcessing", "RobertaProcessing":
            let (first, last) = (try pairedID(value, "cls"), try pairedID(value, "sep"))
            let isBERT = type == "BertProcessing"
            return SpecialTokenTemplate(
                prefix: [first], suffix: [last],
                pair: PairTemplate(
                    prefix: [first], middle: isBERT ? [last] : [last, last], suffix: [last], marksSecond: isBERT))
        default: throw TokenizerError(.unsupported, "The post-processor \(type) is not implemented.")
        }
    }

    /// The id in a pair of content and id.
    private func pairedID(_ value: JSONValue, _ key: String) throws(TokenizerError) -> Int32 {
        let pair = try value.member(key).elements()
        guard pair.count == 2 else {
            throw TokenizerError(.malformed, "\"\(key)\" of the post-processor is not a pair of a token and its id.")
        }
        return try pair[1].id("the id of a special token")
    }

    private func template(of value: JSONValue) throws(TokenizerError) -> SpecialTokenTemplate {
        var template = SpecialTokenTemplate()
        var hasSequence = false
        for part in try value.member("single").elements() {
            if part["Sequence"] != nil {
                guard !hasSequence else {
                    throw TokenizerError(
                        .unsupported, "The post-processor uses its text twice; that is not implemented.")
                }
                hasSequence = true
                continue
            }
            let ids = try specialIDs(part, of: value)
            if hasSequence { template.suffix += ids } else { template.prefix += ids }
        }
        guard hasSequence else {
            throw TokenizerError(.malformed, "The post-processor's template leaves out the text.")
        }
        template.pair = try pairTemplate(of: value)
        return template
    }

    /// Nil unless the second text follows the first one, and what precedes it is of type 0.
    private func pairTemplate(of value: JSONValue) throws(TokenizerError) -> PairTemplate? {
        var ids: [[Int32]] = [[]]
        var types: [[Int32]] = [[]]
        for part in try value.member("pair", orElse: .array([])).elements() {
            guard let content = part["Sequence"] ?? part["SpecialToken"] else { return nil }
            let type = try content.member("type_id", orElse: .int(0)).id("a token type")
            if part["Sequence"] != nil {
                guard try content.member("id").text() == ["A", "B"][min(ids.count, 2) - 1] else { return nil }
                ids.append([])
                // The second text has the type of what follows it; the first one that of what precedes it.
                types[types.count - 1] += types.count == 1 ? [type] : []
                types.append(types.count == 2 ? [type] : [])
            } else {
                ids[ids.count - 1] += try specialIDs(part, of: value)
                types[types.count - 1].append(type)
            }
        }
        guard ids.count == 3, (types[0] + types[1]).allSatisfy({ $0 == 0 }), let second = types[2].first,
            second <= 1, types[2].allSatisfy({ $0 == second })
        else { return nil }
        return PairTemplate(prefix: ids[0], middle: ids[1], suffix: ids[2], marksSecond: second == 1)
    }

    private func specialIDs(_ part: JSONValue, of processor: JSONValue) throws(TokenizerError) -> [Int32] {
        let name = try part.member("SpecialToken").member("id").text()
        var ids: [Int32] = []
        for id in try processor.member("special_tokens").member(name).member("ids").elements() {
            ids.append(try id.id("the id of a special token"))
        }
        return ids
    }
}

extension JSONValue {
    func member(_ key: String, orElse substitute: JSONValue? = nil) throws(TokenizerError) -> JSONValue {
        guard let value = self[key] ?? substitute else {
            throw TokenizerError(.malformed, "The tokenizer file lacks a member \"\(key)\" where one is needed.")
        }
        return value
    }

    func text() throws(TokenizerError) -> String {
        guard case .string(let text) = self else {
            throw TokenizerError(.malformed, "A value of the tokenizer file is not a string where one is needed.")
        }
        return text
    }

    func string() throws(TokenizerError) -> [UInt8] { Array(try text().utf8) }

    func elements() throws(TokenizerError) -> [JSONValue] {
        guard case .array(let elements) = self else {
            throw TokenizerError(.malformed, "A value of the tokenizer file is not an array where one is needed.")
        }
        return elements
    }

    func flag(_ key: String, orElse substitute: @autoclosure () throws(TokenizerError) -> Bool) throws(TokenizerError)
        -> Bool
    {
        guard let value = self[key], value != .null else { return try substitute() }
        guard case .bool(let flag) = value else {
            throw TokenizerError(.malformed, "\"\(key)\" of the tokenizer file is neither true nor false.")
        }
        return flag
    }

    /// A non-negative integer that fits an id.
    func id(_ what: String) throws(TokenizerError) -> Int32 {
        let id: Int32? =
            switch self {
            case .int(let number): Int32(exactly: number)
            case .number(let number): Int32(exactly: number)
            default: nil
            }
        guard let id, id >= 0 else {
            throw TokenizerError(.malformed, "The tokenizer file has an invalid number as \(what).")
        }
        return id
    }
}
