import QuarryEvaluation
import Testing

private func report(_ values: [Double]) -> MetricReport {
    MetricReport(name: "m", perQuery: Dictionary(uniqueKeysWithValues: values.enumerated().map { ("q\($0)", $1) }))
}

@Suite struct SignificanceTests {
    @Test func `the bootstrap interval of a mean is near the normal one`() {
        // 0, 1, 0, 1, …: mean 0.5, standard error 0.5 / √400.
        let interval = Bootstrap(samples: 4000).interval(ofMeanOf: (0..<400).map { Double($0 % 2) })
        #expect(abs(interval.lower - (0.5 - 1.96 * 0.025)) < 0.006)
        #expect(abs(interval.upper - (0.5 + 1.96 * 0.025)) < 0.006)
    }

    @Test func `the same seed gives the same interval, another seed another`() {
        let values = (0..<50).map { Double($0 * $0 % 17) }
        let first = Bootstrap(seed: 1).interval(ofMeanOf: values)
        #expect(first == Bootstrap(seed: 1).interval(ofMeanOf: values))
        #expect(first != Bootstrap(seed: 2).interval(ofMeanOf: values))
    }

    @Test func `too few values or samples give the mean`() {
        #expect(Bootstrap().interval(ofMeanOf: []) == (0, 0))
        #expect(Bootstrap().interval(ofMeanOf: [0.3]) == (0.3, 0.3))
        #expect(Bootstrap(samples: 0).interval(ofMeanOf: [0, 1]) == (0.5, 0.5))
    }

    @Test func `the randomisation test is the exact sign test if all differences are equal`() {
        // Ten wins of the same size: 2 of 2¹⁰ sign patterns are as extreme.
        let comparison = PairedComparison(
            report(Array(repeating: 0.75, count: 10)), report(Array(repeating: 0.5, count: 10)), flips: 100_000)
        #expect(abs(comparison.pValue - 2.0 / 1024) < 0.0006)
        #expect(comparison.difference == 0.25)
        #expect(comparison.wins == 10 && comparison.losses == 0)
    }

    @Test func `equal systems do not differ`() {
        let values = (0..<30).map { Double($0 % 7) / 7 }
        #expect(PairedComparison(report(values), report(values)).pValue == 1)
        #expect(PairedComparison(report(values), report(values.reversed())).pValue > 0.5)
    }

    @Test func `only common queries are compared`() {
        let comparison = PairedComparison(report([1, 1, 1]), report([0, 0]))
        #expect(comparison.queries == 2)
        #expect(comparison.difference == 1)
    }
}
