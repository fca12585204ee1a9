import Foundation
import Quarry
import QuarryCore
import QuarryRetrievalQA
import QuarryRetrieval
import QuarryTransformers
import QuarryText

struct Q: Decodable { var _id: String; var text: String; var answers: [String]?; var answerable: Bool? }
func read(_ p: String) -> [Q] { try! String(contentsOfFile: p, encoding: .utf8).split(separator: "\n").map { try! JSONDecoder().decode(Q.self, from: Data($0.utf8)) } }
func norm(_ s: String) -> String { String(s.lowercased().replacing("ё", with: "е").unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == " " }.map(Character.init)).split(separator: " ").joined(separator: " ") }

let a = CommandLine.arguments
// index queries qrels out mode(title|five|hash) docPrefix limit
let (indexPath, queriesPath, qrelsPath, outPath, mode, prefix) = (a[1], a[2], a[3], a[4], a[5], a[6])
let maximum = a.count > 7 ? Int(a[7])! : 100000
let corpus = try await Corpus.open(at: indexPath, configuration: { var c = Corpus.Configuration(); c.isReadOnly = true; return c }())
let plain = try await Corpus.open(at: indexPath, configuration: { var c = Corpus.Configuration(); c.isReadOnly = true; c.retrieval.mergesNeighbours = false; c.retrieval.groupsDuplicates = false; return c }())
let embedder = try ModelStore(path: "~/.cache/quarry/models").embedder("multilingual-e5-small")
var rel: [String: Set<String>] = [:]
for line in try String(contentsOfFile: qrelsPath, encoding: .utf8).split(separator: "\n").dropFirst() {
    let f = line.split(separator: "\t")
    if f.count > 2, f[2] != "0" { rel[String(f[0]), default: []].insert(prefix + String(f[1])) }
}
var titles: [String: String] = [:]
func article(_ hit: ScoredChunk) -> String {
    let id = hit.chunk.documentID
    switch mode {
    case "five":
        let bare = id.hasPrefix("xx-") ? String(id.dropFirst(3)) : id
        return String((Int(bare.dropFirst()) ?? 0) / 5)
    case "hash": return String(id.split(separator: "#")[0])
    default: return hit.documentTitle ?? id
    }
}
func articleOfID(_ id: String) -> String? {
    switch mode {
    case "five": let bare = id.hasPrefix("xx-") ? String(id.dropFirst(3)) : id; return String((Int(bare.dropFirst()) ?? 0) / 5)
    case "hash": return String(id.split(separator: "#")[0])
    default: return titles[id]
    }
}
if mode == "title" { for d in try await corpus.documents() { titles[d.id] = d.title } }
let noEmbedding = ProcessInfo.processInfo.environment["NOEMB"] != nil
let scan = CandidateScan(analysis: TextAnalysis())
var cache: [String: [Float]] = [:]
func vectors(_ texts: [String]) async throws -> [[Float]] {
    let missing = Array(Set(texts.filter { cache[$0] == nil }))
    if !missing.isEmpty { let rows = try await embedder.embed(missing, as: .passage); for (i, t) in missing.enumerated() { cache[t] = Array(rows[i]) } }
    return texts.map { cache[$0]! }
}
FileManager.default.createFile(atPath: outPath, contents: nil)
let out = FileHandle(forWritingAtPath: outPath)!
var qs = read(queriesPath)
if qs.count > maximum { let step = Double(qs.count) / Double(maximum); qs = (0..<maximum).map { qs[Int(Double($0) * step)] } }
for (n, q) in qs.enumerated() {
    let gold = rel[q._id] ?? []
    let articles = Set(gold.compactMap { articleOfID($0) })
    let r = try await corpus.search(q.text, limit: 40)
    let vr = try await plain.search(q.text, limit: 100, mode: .vector)
    let vectorsCount = vr.vectorCoverage?.vectors ?? 0
    let qv = Array(try await embedder.embed([q.text], as: .query)[0])
    let answers = (q.answers ?? []).map(norm).filter { !$0.isEmpty }
    for variant in ["full", "nopara", "off"] {
        var hits = r.hits
        if variant == "nopara" { hits.removeAll { gold.contains($0.chunk.documentID) } }
        if variant == "off" { hits.removeAll { articles.contains(article($0)) } }
        hits = Array(hits.prefix(5))
        var vh = vr.hits
        if variant == "nopara" { vh.removeAll { gold.contains($0.chunk.documentID) } }
        if variant == "off" { vh.removeAll { articles.contains(article($0)) } }
        let vs100 = vh.map { $0.legs[.vector]?.score ?? $0.score }
        let bg = vs100.isEmpty ? -1 : vs100[min(min(40, max(5, vectorsCount / 8)), vs100.count) - 1]
        let c = scan.candidates(for: q.text, in: hits)
        let vs = noEmbedding ? [] : try await vectors(c.map(\.textInContext))
        var rows: [[String: Any]] = []
        for (i, x) in c.enumerated() {
            let doc = hits[x.hit].chunk.documentID
            let t = norm(x.text)
            let right = gold.contains(doc) && answers.contains { (" " + t + " ").contains(" " + $0 + " ") || $0.count > 3 && t.contains($0) || ($0.unicodeScalars.first.map { $0.value > 0x3000 } ?? false) && t.contains($0) }
            let any = answers.contains { (" " + t + " ").contains(" " + $0 + " ") }
            var cosv: Float = 0; for k in 0..<(noEmbedding ? 0 : qv.count) { cosv += qv[k] * vs[i][k] }
            rows.append(["h": x.hit, "f": x.features.values.map { ($0 * 10000).rounded() / 10000 }, "c": (Double(cosv) * 100000).rounded() / 100000, "r": right ? 1 : 0, "a": any ? 1 : 0, "l": x.text.utf8.count, "s": [x.range.lowerBound, x.range.upperBound], "o": variant == "full" ? String(x.text.prefix(160)) : ""])
        }
        let hitRows = r.hits.prefix(40).map { h -> [Any] in [h.chunk.documentID, h.legs[.vector]?.score ?? -1, h.legs[.bm25]?.score ?? -1, h.score] }
        let line: [String: Any] = ["q": q._id, "t": q.text, "v": variant, "able": (q.answerable ?? !answers.isEmpty) ? 1 : 0, "art": articles.sorted().first ?? "", "gold": hits.contains { gold.contains($0.chunk.documentID) } ? 1 : 0, "bg": bg, "hl": hits.map { [$0.legs[.vector]?.score ?? -1, $0.legs[.bm25]?.score ?? -1] }, "c": rows, "hits": variant == "full" ? hitRows : []]
        out.write(try JSONSerialization.data(withJSONObject: line)); out.write(Data("\n".utf8))
    }
    if n % 200 == 0 { FileHandle.standardError.write(Data("\(n)/\(qs.count) cache \(cache.count)\n".utf8)) }
}
