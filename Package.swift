// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ module: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(module)Tests", dependencies: [.init(stringLiteral: module)] + dependencies,
        resources: module.hasFixtures ? [.copy("Fixtures")] : [], swiftSettings: settings)
}

extension String {
    /// The test targets that carry a `Fixtures` folder.
    var hasFixtures: Bool { ["QuarryEvaluation", "QuarryText", "QuarryTransformers"].contains(self) }
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

// Only `make docs` needs the plug-in that writes documentation: users of the package do not resolve it.
let documentation: [Package.Dependency] =
    Context.environment["QUARRY_DOCC"] == nil
    ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

let package = Package(
    name: "quarry",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "quarry", targets: ["QuarryCommand"]),
        .library(name: "Quarry", targets: ["Quarry"]),
        .library(name: "QuarryCore", targets: ["QuarryCore"]),
        .library(name: "QuarryReaders", targets: ["QuarryReaders"]),
        .library(name: "QuarryChunking", targets: ["QuarryChunking"]),
        .library(name: "QuarryTransformers", targets: ["QuarryTransformers"]),
        .library(name: "QuarryProviders", targets: ["QuarryProviders"]),
        .library(name: "QuarryConfiguration", targets: ["QuarryConfiguration"]),
        .library(name: "QuarryEmbedders", targets: ["QuarryEmbedders"]),
        .library(name: "QuarryLanguageModels", targets: ["QuarryLanguageModels"]),
        .library(name: "QuarryMediaReaders", targets: ["QuarryMediaReaders"]),
        .library(name: "QuarryVectorIndex", targets: ["QuarryVectorIndex"]),
        .library(name: "QuarryBM25", targets: ["QuarryBM25"]),
        .library(name: "QuarryRetrieval", targets: ["QuarryRetrieval"]),
        .library(name: "QuarryReranking", targets: ["QuarryReranking"]),
        .library(name: "QuarryRetrievalQA", targets: ["QuarryRetrievalQA"]),
        .library(name: "QuarryEvaluation", targets: ["QuarryEvaluation"]),
        .library(name: "QuarryTesting", targets: ["QuarryTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ] + documentation,
    targets: [
        // C doors
        .systemLibrary(
            name: "CQuarryBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CQuarryCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "CQuarryStemmer", providers: [.apt(["libstemmer-dev"]), .brew(["snowball"])]),
        .systemLibrary(
            name: "CQuarryDigest", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // `make` gives the commit that `quarry --version` names; a plain `swift build` has none.
        .target(
            name: "CQuarryKernels",
            cSettings: [.define("QUARRY_COMMIT", to: "\"\(Context.environment["QUARRY_COMMIT"] ?? "")\"")]),

        // contracts
        module("QuarryCore"),

        // plumbing
        module("QuarryText", "QuarryCore", "CQuarryStemmer"),
        module(
            "QuarryLinearAlgebra", "CQuarryKernels",
            .target(name: "CQuarryBLAS", condition: .when(platforms: [.linux]))),
        module("QuarryHTTP", "CQuarryCurl"),
        module("QuarrySQLite", grdb),

        // engines
        module("QuarryReaders", "QuarryCore", "QuarryText"),
        module("QuarryChunking", "QuarryCore", "QuarryText"),
        module("QuarryTransformers", "QuarryCore", "QuarryText", "QuarryLinearAlgebra"),
        .target(
            name: "QuarryProviders", dependencies: ["QuarryCore", "QuarryHTTP"],
            resources: [.embedInCode("Resources/models.json")], swiftSettings: settings),
        module("QuarryConfiguration", "QuarryProviders", yams),
        module("QuarryEmbedders", "QuarryCore", "QuarryText", "QuarryHTTP", "QuarryProviders"),
        module("QuarryLanguageModels", "QuarryCore", "QuarryHTTP", "QuarryProviders"),
        module("QuarryMediaReaders", "QuarryCore", "QuarryHTTP", "QuarryReaders", "QuarryProviders"),
        module("QuarryVectorIndex", "QuarryCore", "QuarryLinearAlgebra", "QuarrySQLite", grdb),
        module("QuarryBM25", "QuarryCore", "QuarryText", "QuarrySQLite", grdb),

        // strategies
        module("QuarryRetrieval", "QuarryCore", "QuarryText"),
        module("QuarryReranking", "QuarryCore", "QuarryText", "QuarryHTTP", "QuarryProviders"),

        // chains
        module("QuarryRetrievalQA", "QuarryCore", "QuarryText"),
        module("QuarryEvaluation", "QuarryCore"),

        // umbrella and tools
        module(
            "Quarry", "QuarryCore", "QuarryText", "QuarryReaders", "QuarryChunking", "QuarryTransformers",
            "QuarryEmbedders", "QuarryLanguageModels", "QuarryMediaReaders", "QuarryVectorIndex", "QuarryBM25",
            "QuarryRetrieval",
            "QuarryProviders", "QuarryReranking", "QuarryRetrievalQA", "QuarrySQLite", grdb,
            .target(name: "CQuarryDigest", condition: .when(platforms: [.linux])), logging),
        module("QuarryTesting", "QuarryCore"),
        .executableTarget(
            name: "QuarryCommand",
            dependencies: [
                "Quarry", "QuarryConfiguration", "QuarryEvaluation", "QuarryLinearAlgebra", "QuarryProviders",
                argumentParser,
            ],
            swiftSettings: settings),

        tests("QuarryCore"),
        tests("QuarryText", "QuarryCore"),
        tests("QuarryLinearAlgebra"),
        tests("QuarryHTTP", "QuarryTesting"),
        tests("QuarrySQLite", grdb),
        tests("QuarryReaders", "QuarryCore"),
        tests("QuarryChunking", "QuarryCore", "QuarryReaders"),
        tests("QuarryTransformers", "QuarryCore", "QuarryText", "QuarryTesting"),
        tests("QuarryProviders", "QuarryCore", "QuarryHTTP", "QuarryTesting"),
        tests("QuarryConfiguration", "QuarryProviders"),
        tests("QuarryEmbedders", "QuarryCore", "QuarryHTTP", "QuarryProviders", "QuarryTesting"),
        tests("QuarryLanguageModels", "QuarryCore", "QuarryHTTP", "QuarryProviders", "QuarryTesting"),
        tests("QuarryMediaReaders", "QuarryCore", "QuarryReaders", "QuarryProviders", "QuarryTesting"),
        tests("QuarryVectorIndex", "QuarryCore", "QuarrySQLite", "QuarryTesting", grdb),
        tests("QuarryBM25", "QuarryCore", "QuarryText", "QuarrySQLite", grdb),
        tests("QuarryRetrieval", "QuarryCore"),
        tests("QuarryReranking", "QuarryCore", "QuarryProviders", "QuarryTesting"),
        tests("QuarryRetrievalQA", "QuarryCore", "QuarryTesting"),
        tests("QuarryEvaluation", "QuarryCore"),
        tests("Quarry", "QuarryTesting", "QuarryCore", "QuarryEvaluation", "QuarryProviders", grdb),
        tests("QuarryCommand", "Quarry", "QuarryTesting"),
    ],
    swiftLanguageModes: [.v6]
)
