// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// Asynchronous functions run where they are called, so that a request is known before the next one is read.
let runsWhereCalled = [SwiftSetting.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

// Targets are layers: each may import only what stands above it in this list.
let package = Package(
    name: "perk",
    products: [
        .executable(name: "perk-meta-train", targets: ["MetaTrain"]),
        .executable(name: "perk-serve", targets: ["Serve"]),
    ],
    traits: [
        .trait(name: "MPI", description: "Meta-training on several processes or machines at once; needs Open MPI.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(
            name: "CSentencePiece", linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("stdc++")]),
        .target(name: "SeededRandom"),
        .target(name: "StrictJSON"),
        .target(name: "Digests", dependencies: [crypto]),
        .target(name: "StrictConfiguration", dependencies: ["Yams"]),
        .target(name: "ProtocolBuffers"),
        .target(name: "ChatTemplates", dependencies: ["StrictJSON"]),
        .target(name: "ProgressReports"),
        .target(name: "HTMLReports"),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels", "SeededRandom"]),
        .target(
            name: "DataParallel", dependencies: ["Tensors", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
        .target(name: "Autodiff", dependencies: ["Tensors"]),
        .target(name: "ModelFiles", dependencies: ["Tensors"]),
        .target(
            name: "LanguageModel", dependencies: ["SeededRandom", "StrictJSON", "Tensors", "Autodiff", "ModelFiles"]),
        .target(name: "Tokenization", dependencies: ["CSentencePiece", "StrictJSON", "ProtocolBuffers"]),
        .target(
            name: "TestTimeLearning",
            dependencies: ["SeededRandom", "Tensors", "DataParallel", "Autodiff", "LanguageModel"]),
        .target(
            name: "PERKModel",
            dependencies: [
                "SeededRandom", "StrictJSON", "Digests", "StrictConfiguration", "ChatTemplates", "Tensors",
                "ModelFiles", "LanguageModel", "Tokenization", "TestTimeLearning",
            ]),
        .target(name: "AdapterStore", dependencies: ["CZlib", "Digests", grdb]),
        .target(
            name: "DocumentService",
            dependencies: [
                "Digests", "Tensors", "ModelFiles", "LanguageModel", "TestTimeLearning", "PERKModel", "AdapterStore",
            ], swiftSettings: runsWhereCalled),
        .target(
            name: "BenchmarkData",
            dependencies: ["SeededRandom", "StrictJSON", "Digests", "Tokenization", "PERKModel"],
            resources: [
                .embedInCode("Resources/facts-world.json"), .embedInCode("Resources/generator-words.json"),
                .embedInCode("Resources/background.json"), .embedInCode("Resources/wide-world.json"),
                .embedInCode("Resources/census-names.json"),
            ]),
        .target(
            name: "Evaluation",
            dependencies: [
                "SeededRandom", "ChatTemplates", "HTMLReports", "Tensors", "ModelFiles", "LanguageModel",
                "Tokenization", "TestTimeLearning", "PERKModel", "AdapterStore", "DocumentService", "BenchmarkData",
            ]),
        .target(
            name: "JSONRPC",
            dependencies: ["StrictJSON", "StrictConfiguration", "PERKModel", "DocumentService", logging]),
        .target(
            name: "MCP",
            dependencies: ["StrictJSON", "StrictConfiguration", "DocumentService", "JSONRPC", logging]),
        .target(name: "HTTPFormats"),
        .target(
            name: "HTTP",
            dependencies: [
                "StrictJSON", "Digests", "PERKModel", "DocumentService", "JSONRPC", "MCP", "HTTPFormats",
                hummingbird, hummingbirdCore, httpTypes, lifecycle, nio, logging,
            ],
            resources: [
                .embedInCode("Resources/page.html"), .embedInCode("Resources/page.css"),
                .embedInCode("Resources/page.js"), .embedInCode("Resources/openapi.json"),
            ]),
        .target(
            name: "MetaTraining",
            dependencies: [
                "SeededRandom", "StrictConfiguration", "ProtocolBuffers", "HTMLReports", "Tensors", "DataParallel",
                "ModelFiles", "LanguageModel", "Tokenization", "TestTimeLearning", "PERKModel", "BenchmarkData", "Yams",
            ]),
        .target(
            name: "LearningBenchmarks",
            dependencies: [
                "SeededRandom", "Tensors", "Autodiff", "LanguageModel", "TestTimeLearning", "PERKModel", "AdapterStore",
                "DocumentService",
            ]),
        .target(name: "CommandSupport", dependencies: ["StrictConfiguration", argumentParser]),
        .executableTarget(
            name: "MetaTrain",
            dependencies: [
                "StrictConfiguration", "ProgressReports", "Tensors", "DataParallel", "ModelFiles", "LanguageModel",
                "PERKModel", "BenchmarkData", "Evaluation", "MetaTraining", "LearningBenchmarks", "CommandSupport",
                argumentParser,
            ],
            path: "MetaTrain"),
        .executableTarget(
            name: "Serve",
            dependencies: [
                "StrictJSON", "ChatTemplates", "ProgressReports", "Tensors", "LanguageModel", "Tokenization",
                "PERKModel", "AdapterStore", "DocumentService", "BenchmarkData", "Evaluation", "JSONRPC",
                "MCP", "HTTP", "CommandSupport", argumentParser, logging,
            ],
            path: "Serve"),

        .testTarget(name: "PackageTests"),
        .testTarget(name: "SeededRandomTests", dependencies: ["SeededRandom"]),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
        .testTarget(name: "ProtocolBuffersTests", dependencies: ["ProtocolBuffers"]),
        .testTarget(name: "ChatTemplatesTests", dependencies: ["ChatTemplates"]),
        .testTarget(name: "ProgressReportsTests", dependencies: ["ProgressReports"]),
        .testTarget(name: "HTMLReportsTests", dependencies: ["HTMLReports"]),
        .testTarget(name: "TensorsTests", dependencies: ["CKernels", "SeededRandom", "Tensors"]),
        .target(
            name: "DataParallelSupport", dependencies: ["Tensors", "DataParallel"], path: "Tests/DataParallelSupport"),
        .testTarget(name: "DataParallelTests", dependencies: ["Tensors", "DataParallel", "DataParallelSupport"]),
        .testTarget(name: "AutodiffTests", dependencies: ["SeededRandom", "Tensors", "Autodiff"]),
        .testTarget(name: "ModelFilesTests", dependencies: ["Tensors", "ModelFiles"]),
        .testTarget(
            name: "TestTimeLearningTests",
            dependencies: [
                "SeededRandom", "Tensors", "DataParallel", "Autodiff", "ModelFiles", "LanguageModel",
                "TestTimeLearning", "DataParallelSupport",
            ]),
        .testTarget(
            name: "LanguageModelTests",
            dependencies: ["SeededRandom", "Tensors", "Autodiff", "ModelFiles", "LanguageModel"]),
        .testTarget(name: "TokenizationTests", dependencies: ["Tokenization"]),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
        .testTarget(name: "StrictConfigurationTests", dependencies: ["StrictConfiguration"]),
        .testTarget(name: "AdapterStoreTests", dependencies: ["Digests", "AdapterStore", grdb]),
        .target(
            name: "TinyModels",
            dependencies: [
                "SeededRandom", "Tensors", "LanguageModel", "Tokenization", "TestTimeLearning", "PERKModel",
            ],
            path: "Tests/TinyModels"),
        .testTarget(
            name: "PERKModelTests",
            dependencies: [
                "SeededRandom", "Digests", "StrictConfiguration", "ChatTemplates", "Tensors", "ModelFiles",
                "LanguageModel", "Tokenization", "TestTimeLearning", "PERKModel", "TinyModels",
            ]),
        .testTarget(
            name: "DocumentServiceTests",
            dependencies: [
                "Tensors", "ModelFiles", "LanguageModel", "TestTimeLearning", "PERKModel", "AdapterStore",
                "DocumentService", "TinyModels",
            ]),
        .target(name: "BenchmarkDataSupport", path: "Tests/BenchmarkDataSupport"),
        .testTarget(
            name: "BenchmarkDataTests",
            dependencies: ["SeededRandom", "StrictJSON", "PERKModel", "BenchmarkData", "BenchmarkDataSupport"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "SeededRandom", "ChatTemplates", "HTMLReports", "Tokenization", "TestTimeLearning", "PERKModel",
                "BenchmarkData", "Evaluation", "TinyModels", "BenchmarkDataSupport",
            ]),
        .target(
            name: "FakeServices", dependencies: ["PERKModel", "DocumentService"], path: "Tests/FakeServices"),
        .testTarget(
            name: "JSONRPCTests",
            dependencies: ["StrictJSON", "JSONRPC", "FakeServices", logging]),
        .testTarget(name: "MCPTests", dependencies: ["StrictJSON", "JSONRPC", "MCP", "FakeServices", logging]),
        .testTarget(name: "HTTPFormatsTests", dependencies: ["HTTPFormats"]),
        .testTarget(name: "HTTPTests", dependencies: ["StrictJSON", "JSONRPC", "HTTP", "FakeServices", logging]),
        .target(name: "MetaTrainingSupport", dependencies: ["MetaTraining"], path: "Tests/MetaTrainingSupport"),
        .testTarget(
            name: "MetaTrainingTests",
            dependencies: [
                "StrictConfiguration", "Tensors", "DataParallel", "ModelFiles", "LanguageModel", "Tokenization",
                "TestTimeLearning", "PERKModel", "BenchmarkData", "MetaTraining", "DataParallelSupport",
                "MetaTrainingSupport",
            ]),
        .testTarget(
            name: "LearningBenchmarksTests", dependencies: ["LanguageModel", "TestTimeLearning", "LearningBenchmarks"]),
        .testTarget(
            name: "MetaTrainTests",
            dependencies: [
                "StrictConfiguration", "HTMLReports", "Tensors", "PERKModel", "MetaTraining", "LearningBenchmarks",
                "MetaTrain", "MetaTrainingSupport", argumentParser,
            ]),
        .testTarget(name: "CommandSupportTests", dependencies: ["CommandSupport", argumentParser]),
        .testTarget(
            name: "ServeTests",
            dependencies: [
                "SeededRandom", "StrictJSON", "Tensors", "ModelFiles", "LanguageModel", "PERKModel", "AdapterStore",
                "DocumentService", "BenchmarkData", "JSONRPC", "CommandSupport", "Serve", "TinyModels",
            ]),
    ]
)

// Every library target is a product of its own; the C targets come with those that import them.
let internalTargets: Set = ["CKernels", "CSentencePiece", "CommandSupport"]
package.products += package.targets
    .filter { $0.type == .regular && $0.path == nil && !internalTargets.contains($0.name) }
    .map { .library(name: $0.name, targets: [$0.name]) }
