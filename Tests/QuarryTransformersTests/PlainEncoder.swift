import Foundation

/// The encoder directly from the paper, in double precision, one text at a time: the reference for the fast one.
struct PlainEncoder {
    typealias Matrix = [[Double]]

    let model: TinyModel
    var usesFirstToken = false

    func vector(_ ids: [Int]) -> [Double] {
        let (words, places) = (matrix("embeddings.word_embeddings"), matrix("embeddings.position_embeddings"))
        let type = matrix("embeddings.token_type_embeddings")[0]
        var x = ids.enumerated().map { place, id in
            sum(sum(words[id], places[place + model.firstPosition]), type)
        }
        x = normalized(x, "embeddings.LayerNorm")
        for layer in 0..<model.layerCount { x = run(x, "encoder.layer.\(layer)") }
        let rows = usesFirstToken ? [x[0]] : x
        let mean = x[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return mean.map { $0 / length }
    }

    private func run(_ x: Matrix, _ layer: String) -> Matrix {
        let attended = dense(attention(x, layer), "\(layer).attention.output.dense")
        let y = normalized(zip(x, attended).map(sum), "\(layer).attention.output.LayerNorm")
        let wide = dense(y, "\(layer).intermediate.dense").map { row in
            row.map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        }
        return normalized(zip(y, dense(wide, "\(layer).output.dense")).map(sum), "\(layer).output.LayerNorm")
    }

    private func attention(_ x: Matrix, _ layer: String) -> Matrix {
        let query = dense(x, "\(layer).attention.self.query")
        let key = dense(x, "\(layer).attention.self.key")
        let value = dense(x, "\(layer).attention.self.value")
        let size = model.hidden / model.heads
        return x.indices.map { row in
            (0..<model.heads).flatMap { head in
                let columns = head * size..<(head + 1) * size
                let scores = x.indices.map { other in
                    exp(columns.reduce(0) { $0 + query[row][$1] * key[other][$1] } / Double(size).squareRoot())
                }
                let total = scores.reduce(0, +)
                return columns.map { column in
                    x.indices.reduce(0) { $0 + scores[$1] / total * value[$1][column] }
                }
            }
        }
    }

    private func dense(_ x: Matrix, _ name: String) -> Matrix {
        let (weight, bias) = (matrix(name), vector("\(name).bias"))
        return x.map { row in
            weight.indices.map { output in zip(row, weight[output]).reduce(bias[output]) { $0 + $1.0 * $1.1 } }
        }
    }

    private func normalized(_ x: Matrix, _ name: String) -> Matrix {
        let (weight, bias) = (vector("\(name).weight"), vector("\(name).bias"))
        return x.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            return row.indices.map { (row[$0] - mean) / (variance + 1e-5).squareRoot() * weight[$0] + bias[$0] }
        }
    }

    private func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map(+) }

    private func vector(_ name: String) -> [Double] { (model.tensors[name]?.values ?? []).map(Double.init) }

    private func matrix(_ name: String) -> Matrix {
        let values = vector("\(name).weight")
        let columns = model.tensors["\(name).weight"]?.shape.last ?? 1
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
}
