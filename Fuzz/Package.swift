// swift-tools-version: 6.1
import PackageDescription

/// A program that hands random bytes to a reader of files, or of what comes over a network.
func fuzzer(_ name: String, of libraries: String..., others: [Target.Dependency] = []) -> Target {
    let products = libraries.map { Target.Dependency.product(name: $0, package: "perk") }
    return .executableTarget(name: name, dependencies: ["CLibFuzzer"] + products + others)
}

// Built and run by `make fuzz` only, since everything in it is compiled with -sanitize=fuzzer.
let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "perk", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        fuzzer("FuzzChatTemplate", of: "ChatTemplates"),
        fuzzer(
            "FuzzContextProtocol", of: "DocumentService", "JSONRPC", "MCP", "PERKModel",
            others: [.product(name: "Logging", package: "swift-log")]),
        fuzzer("FuzzGGUF", of: "ModelFiles"),
        fuzzer("FuzzGGUFAdapter", of: "LanguageModel", "ModelFiles", "Tensors"),
        fuzzer("FuzzModelConfiguration", of: "LanguageModel"),
        fuzzer("FuzzMultipart", of: "HTTPFormats"),
        fuzzer("FuzzPrometheus", of: "HTTPFormats"),
        fuzzer("FuzzSafeTensors", of: "ModelFiles"),
        fuzzer("FuzzTokenizer", of: "Tokenization"),
    ]
)
