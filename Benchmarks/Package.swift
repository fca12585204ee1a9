// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that packages that depend on Quarry never resolve the tools of measurement.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func quarry(_ product: String) -> Target.Dependency { .product(name: product, package: "quarry") }

let package = Package(
    name: "quarry-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Named, because the folder of a checkout may be called anything.
        .package(name: "quarry", path: ".."),
        // Without traits: counting allocations and retains would slow down what is timed.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "BenchmarkInputs", dependencies: [quarry("QuarryCore")], swiftSettings: settings),
        .executableTarget(
            name: "Engines",
            dependencies: [
                "BenchmarkInputs", quarry("Quarry"), .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Engines", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "PeerRunner",
            dependencies: [quarry("Quarry")], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
