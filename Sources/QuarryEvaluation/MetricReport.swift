/// A metric over a set of queries, with a bootstrap confidence interval of its mean.
public struct MetricReport: Sendable, Hashable {
    /// The metric, such as `nDCG@10`.
    public var name: String
    public var mean: Double
    /// Bounds of the confidence interval.
    public var lower: Double
    public var upper: Double
    /// Query id → value.
    public var perQuery: [String: Double]

    /// - `perQuery`: The values by query. Without values the mean is 0.
    public init(name: String, perQuery: [String: Double], bootstrap: Bootstrap = Bootstrap()) {
        self.name = name
        self.perQuery = perQuery
        let values = perQuery.keys.sorted(by: precedesByScalars).compactMap { perQuery[$0] }
        mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        (lower, upper) = bootstrap.interval(ofMeanOf: values)
    }
}

extension Run {
    /// Evaluates the run on every judged query.
    ///
    /// Queries without judgements are ignored. Judged queries that are missing in the run count 0.
    public func evaluate(
        _ metric: Metric, against judgements: Judgements, bootstrap: Bootstrap = Bootstrap()
    ) -> MetricReport {
        let values = judgements.grades.map { query, grades in
            (query, metric.value(of: ranking(for: query), grades: grades))
        }
        return MetricReport(
            name: metric.description, perQuery: Dictionary(uniqueKeysWithValues: values), bootstrap: bootstrap)
    }
}
