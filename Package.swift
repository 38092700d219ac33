// swift-tools-version: 6.1
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

// Targets are layers: each may import only what stands above it in this list.
let package = Package(
    name: "perk",
    products: [
        .executable(name: "perk-meta-train", targets: ["MetaTrain"]),
        .executable(name: "perk-serve", targets: ["Serve"]),
        .library(name: "ChatTemplates", targets: ["ChatTemplates"]),
        .library(name: "ModelFiles", targets: ["ModelFiles"]),
        .library(name: "Tokenization", targets: ["Tokenization"]),
    ],
    traits: [
        .trait(name: "MPI", description: "Meta-training on several processes or machines at once; needs Open MPI.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(
            name: "CSentencePiece", linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("stdc++")]),
        .target(name: "StrictJSON"),
        .target(name: "Digests", dependencies: [crypto]),
        .target(name: "StrictConfiguration", dependencies: ["Yams"]),
        .target(name: "ProtocolBuffers"),
        .target(name: "ChatTemplates", dependencies: ["StrictJSON"]),
        .target(name: "ProgressReports"),
        .target(name: "HTMLReports"),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"]),
        .target(
            name: "DataParallel", dependencies: ["Tensors", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
        .target(name: "Autodiff", dependencies: ["Tensors"]),
        .target(name: "ModelFiles", dependencies: ["Tensors"]),
        .target(name: "LanguageModel", dependencies: ["Autodiff", "ModelFiles"]),
        .target(name: "Tokenization", dependencies: ["CSentencePiece", "StrictJSON", "ProtocolBuffers"]),
        .target(name: "TestTimeLearning", dependencies: ["LanguageModel", "DataParallel"]),
        .target(
            name: "PERKModel",
            dependencies: [
                "Tensors", "ModelFiles", "LanguageModel", "Tokenization", "ChatTemplates", "TestTimeLearning",
                "Digests", "StrictConfiguration",
            ]),
        .target(name: "AdapterStore", dependencies: ["Digests", grdb]),
        .target(
            name: "DocumentService",
            dependencies: [
                "Tensors", "ModelFiles", "LanguageModel", "TestTimeLearning", "PERKModel", "AdapterStore", "Digests",
            ]),
        .target(
            name: "BenchmarkData", dependencies: ["PERKModel", "Tensors", "Tokenization", "StrictJSON", "Digests"],
            resources: [
                .embedInCode("Resources/facts-world.json"), .embedInCode("Resources/generator-words.json"),
                .embedInCode("Resources/background.json"), .embedInCode("Resources/wide-world.json"),
                .embedInCode("Resources/census-names.json"),
            ]),
        .target(
            name: "Evaluation",
            dependencies: [
                "BenchmarkData", "PERKModel", "DocumentService", "AdapterStore", "TestTimeLearning", "LanguageModel",
                "ModelFiles", "Tokenization", "ChatTemplates", "Tensors", "HTMLReports",
            ]),
        .target(
            name: "ServiceProtocol",
            dependencies: ["PERKModel", "DocumentService", "StrictConfiguration", "StrictJSON", logging]),
        .target(
            name: "MetaTraining",
            dependencies: [
                "BenchmarkData", "Evaluation", "PERKModel", "TestTimeLearning", "Tokenization", "LanguageModel",
                "ModelFiles", "DataParallel", "Tensors", "ProtocolBuffers", "HTMLReports", "ProgressReports",
                "StrictConfiguration", "Yams",
            ]),
        .target(
            name: "LearningBenchmarks",
            dependencies: [
                "PERKModel", "DocumentService", "AdapterStore", "TestTimeLearning", "LanguageModel", "Autodiff",
                "Tensors",
            ]),
        .executableTarget(
            name: "MetaTrain",
            dependencies: [
                "MetaTraining", "LearningBenchmarks", "BenchmarkData", "Evaluation", "PERKModel", "StrictConfiguration",
                "LanguageModel", "DataParallel", "Tensors", "ModelFiles", "ProgressReports", argumentParser,
            ],
            path: "MetaTrain"),
        .executableTarget(
            name: "Serve",
            dependencies: [
                "ServiceProtocol", "DocumentService", "PERKModel", "AdapterStore", "StrictConfiguration",
                "BenchmarkData", "Evaluation", "ProgressReports", argumentParser,
            ],
            path: "Serve"),

        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
        .testTarget(name: "ProtocolBuffersTests", dependencies: ["ProtocolBuffers"]),
        .testTarget(name: "ChatTemplatesTests", dependencies: ["ChatTemplates"]),
        .testTarget(name: "ProgressReportsTests", dependencies: ["ProgressReports"]),
        .testTarget(name: "HTMLReportsTests", dependencies: ["HTMLReports"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
        .target(name: "DataParallelSupport", dependencies: ["DataParallel"], path: "Tests/DataParallelSupport"),
        .testTarget(name: "DataParallelTests", dependencies: ["DataParallel", "DataParallelSupport"]),
        .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"]),
        .testTarget(name: "ModelFilesTests", dependencies: ["ModelFiles"]),
        .testTarget(name: "TestTimeLearningTests", dependencies: ["TestTimeLearning", "DataParallelSupport"]),
        .testTarget(name: "LanguageModelTests", dependencies: ["LanguageModel"]),
        .testTarget(name: "TokenizationTests", dependencies: ["Tokenization"]),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
        .testTarget(name: "StrictConfigurationTests", dependencies: ["StrictConfiguration"]),
        .testTarget(name: "AdapterStoreTests", dependencies: ["AdapterStore", "Digests", grdb]),
        .target(
            name: "TinyModels",
            dependencies: ["Tensors", "LanguageModel", "Tokenization", "TestTimeLearning", "PERKModel"],
            path: "Tests/TinyModels"),
        .testTarget(name: "PERKModelTests", dependencies: ["PERKModel", "TinyModels"]),
        .testTarget(name: "DocumentServiceTests", dependencies: ["DocumentService", "TinyModels"]),
        .target(name: "BenchmarkDataSupport", path: "Tests/BenchmarkDataSupport"),
        .testTarget(
            name: "BenchmarkDataTests", dependencies: ["BenchmarkData", "BenchmarkDataSupport", "StrictJSON"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Evaluation", "BenchmarkData", "BenchmarkDataSupport", "ChatTemplates", "HTMLReports", "TinyModels",
            ]),
        .testTarget(name: "ServiceProtocolTests", dependencies: ["ServiceProtocol"]),
        .target(name: "MetaTrainingSupport", dependencies: ["MetaTraining"], path: "Tests/MetaTrainingSupport"),
        .testTarget(
            name: "MetaTrainingTests",
            dependencies: ["MetaTraining", "MetaTrain", "MetaTrainingSupport", "DataParallelSupport"]),
        .testTarget(name: "LearningBenchmarksTests", dependencies: ["LearningBenchmarks"]),
        .testTarget(
            name: "MetaTrainTests",
            dependencies: ["MetaTrain", "MetaTraining", "MetaTrainingSupport", "LearningBenchmarks"]),
        .testTarget(name: "ServeTests", dependencies: ["Serve", "TinyModels"]),
    ]
)
