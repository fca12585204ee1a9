// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func example(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: [.product(name: "Quarry", package: "quarry")], swiftSettings: settings)
}

let package = Package(
    name: "quarry-examples",
    platforms: [.macOS(.v15)],
    // Named, because the folder of a checkout may be called anything.
    dependencies: [.package(name: "quarry", path: "..")],
    targets: [example("AskFolder"), example("OwnEmbedder"), example("OwnLeg"), example("TinyServer")],
    swiftLanguageModes: [.v6]
)
