import Benchmark

// Throughput is work items a second. Where an iteration is a megabyte or a thousand tokens, that is its unit.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .cpuTotal, .peakMemoryResident], warmupIterations: 3,
        maxDuration: .seconds(3), maxIterations: 10_000)
    registerTextBenchmarks()
    registerEmbeddingBenchmarks()
    registerSearchBenchmarks()
    registerIndexBenchmarks()
}
