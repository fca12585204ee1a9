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
    var hasFixtures: Bool { ["QuarryEvaluation", "QuarryReaders", "QuarryTransformers"].contains(self) }
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage = Target.Dependency.product(
    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux]))
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

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
        .library(name: "QuarryChunking", targets: ["QuarryChunking"]),
        .library(name: "QuarryBM25", targets: ["QuarryBM25"]),
        .library(name: "QuarryVectorIndex", targets: ["QuarryVectorIndex"]),
        .library(name: "QuarryTransformers", targets: ["QuarryTransformers"]),
        .library(name: "QuarryRetrievalQA", targets: ["QuarryRetrievalQA"]),
        .library(name: "QuarryEvaluation", targets: ["QuarryEvaluation"]),
        .library(name: "QuarryTesting", targets: ["QuarryTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
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
        .systemLibrary(
            name: "CQuarryMarkdown", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]),
        .systemLibrary(
            name: "CQuarryHTML", pkgConfig: "gumbo", providers: [.apt(["libgumbo-dev"]), .brew(["gumbo-parser"])]),
        .systemLibrary(
            name: "CQuarryXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
        .systemLibrary(
            name: "CQuarryArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        // `make` gives the commit that `quarry --version` names; a plain `swift build` has none.
        .target(
            name: "CQuarryKernels",
            cSettings: [.define("QUARRY_COMMIT", to: "\"\(Context.environment["QUARRY_COMMIT"] ?? "")\"")]),

        // contracts
        module("QuarryCore", .target(name: "CQuarryDigest", condition: .when(platforms: [.linux]))),

        // plumbing
        module("QuarryJSON"),
        module("QuarryText", "QuarryCore", "CQuarryStemmer"),
        module(
            "QuarryLinearAlgebra", "CQuarryKernels",
            .target(name: "CQuarryBLAS", condition: .when(platforms: [.linux]))),
        module("QuarryHTTP", "CQuarryCurl", "QuarryCore", "QuarryJSON"),
        module("QuarrySQLite", "QuarryCore", grdb, sqlite),
        module("QuarryPrograms", subprocess, systemPackage),
        .target(
            name: "QuarryProviders", dependencies: ["QuarryCore", "QuarryHTTP"],
            resources: [.embedInCode("Resources/models.json")], swiftSettings: settings),

        // engines
        .target(
            name: "QuarryReaders",
            dependencies: [
                "QuarryCore", "QuarryJSON", "QuarryPrograms", "QuarrySQLite", "QuarryText", "CQuarryArchive",
                "CQuarryHTML",
                "CQuarryMarkdown", "CQuarryXML", yams,
            ],
            swiftSettings: settings,
            // In glibc iconv is part of the C library.
            linkerSettings: [.linkedLibrary("iconv", .when(platforms: [.macOS]))]),
        module("QuarryChunking", "QuarryCore", "QuarryText"),
        module("QuarryTransformers", "QuarryCore", "QuarryJSON", "QuarryText", "QuarryLinearAlgebra", "QuarryPrograms"),
        module("QuarryEmbedders", "QuarryCore", "QuarryJSON", "QuarryText", "QuarryHTTP", "QuarryProviders"),
        module(
            "QuarryLanguageModels", "QuarryCore", "QuarryText", "QuarryHTTP", "QuarryJSON", "QuarryProviders"),
        module("QuarryVectorIndex", "QuarryCore", "QuarryLinearAlgebra", "QuarrySQLite", grdb),
        module("QuarryBM25", "QuarryCore", "QuarryText", "QuarrySQLite", grdb),

        // strategies
        module("QuarryRetrieval", "QuarryCore", "QuarryText"),
        module("QuarryReranking", "QuarryCore", "QuarryText", "QuarryHTTP", "QuarryProviders"),

        // chains
        module("QuarryRetrievalQA", "QuarryCore", "QuarryJSON", "QuarryText"),
        module("QuarryEvaluation"),

        // index
        module(
            "QuarryIndex", "QuarryCore", "QuarryText", "QuarryReaders", "QuarryChunking", "QuarryVectorIndex",
            "QuarryBM25", "QuarryRetrieval", "QuarrySQLite", grdb),

        // umbrella, session and tools
        module(
            "Quarry", "QuarryCore", "QuarryIndex", "QuarryReaders", "QuarryChunking", "QuarryTransformers",
            "QuarryEmbedders", "QuarryLanguageModels", "QuarryVectorIndex", "QuarryBM25", "QuarryRetrieval",
            "QuarryProviders", "QuarryReranking", "QuarryRetrievalQA", "QuarryText"),
        module(
            "QuarrySession", "Quarry", "QuarryCore", "QuarryHTTP", "QuarryIndex", "QuarryReaders", "QuarryTransformers",
            "QuarryEmbedders",
            "QuarryLanguageModels", "QuarryReranking", "QuarryRetrieval", "QuarryRetrievalQA", "QuarryEvaluation",
            "QuarryJSON", "QuarryPrograms", "QuarryProviders", "QuarrySQLite", "QuarryText", yams, grdb),
        module("QuarryTesting", "QuarryCore"),
        .executableTarget(
            name: "QuarryCommand",
            dependencies: [
                "Quarry", "QuarrySession", "QuarryEvaluation", "QuarryLinearAlgebra", "QuarryProviders",
                "QuarryTransformers", argumentParser,
            ],
            swiftSettings: settings),

        .target(
            name: "QuarryTestSupport",
            dependencies: [
                "QuarryBM25", "QuarryCore", "QuarrySQLite", "QuarryVectorIndex", grdb, subprocess, systemPackage,
            ],
            path: "Tests/QuarryTestSupport",
            swiftSettings: settings),

        tests("QuarryCore", "QuarryTestSupport"),
        tests("QuarryJSON", "QuarryTestSupport"),
        tests("QuarryText", "QuarryCore", "QuarryTestSupport"),
        tests("QuarryLinearAlgebra", "QuarryTestSupport"),
        tests("QuarryPrograms"),
        tests("QuarryHTTP", "QuarryTestSupport"),
        tests("QuarrySQLite", "QuarryTestSupport", grdb),
        tests("QuarryReaders", "QuarryCore", "QuarryTestSupport", "QuarryText", grdb),
        tests("QuarryChunking", "QuarryCore", "QuarryReaders", "QuarryTestSupport", "QuarryTesting"),
        tests("QuarryTransformers", "QuarryCore", "QuarryTesting", "QuarryTestSupport"),
        tests("QuarryProviders", "QuarryCore", "QuarryHTTP", "QuarryTestSupport"),
        tests(
            "QuarryEmbedders", "QuarryCore", "QuarryJSON", "QuarryProviders", "QuarryTesting",
            "QuarryTestSupport"),
        tests(
            "QuarryLanguageModels", "QuarryCore", "QuarryHTTP", "QuarryJSON", "QuarryProviders", "QuarryTesting",
            "QuarryTestSupport"),
        tests("QuarryVectorIndex", "QuarryCore", "QuarrySQLite", "QuarryTesting", "QuarryTestSupport", grdb),
        tests("QuarryBM25", "QuarryCore", "QuarryText", "QuarrySQLite", "QuarryTestSupport", grdb),
        tests("QuarryRetrieval", "QuarryCore", "QuarryTestSupport"),
        tests("QuarryReranking", "QuarryCore", "QuarryProviders", "QuarryTesting", "QuarryTestSupport"),
        tests("QuarryRetrievalQA", "QuarryCore", "QuarryTesting", "QuarryTestSupport"),
        tests("QuarryEvaluation"),
        tests(
            "QuarryIndex", "QuarryBM25", "QuarryCore", "QuarryChunking", "QuarryReaders", "QuarryReranking",
            "QuarryRetrieval", "QuarryProviders", "QuarryTesting", "QuarryTestSupport", "QuarryVectorIndex", grdb),
        tests(
            "QuarrySession", "Quarry", "QuarryCore", "QuarryEvaluation", "QuarryHTTP", "QuarryIndex", "QuarryReaders",
            "QuarryProviders", "QuarryTesting",
            "QuarryTestSupport", grdb),
        tests("Quarry", "QuarryEvaluation", "QuarryTesting", "QuarryTestSupport"),
        tests("QuarryCommand", "Quarry", "QuarryTestSupport"),
    ],
    swiftLanguageModes: [.v6]
)
