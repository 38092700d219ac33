// swift-tools-version: 6.1
import PackageDescription

/// A program that hands random bytes to a reader of files.
func fuzzer(_ name: String, of libraries: String...) -> Target {
    .executableTarget(
        name: name, dependencies: ["CLibFuzzer"] + libraries.map { .product(name: $0, package: "perk") })
}

// Built and run by `make fuzz` only, since everything in it is compiled with -sanitize=fuzzer.
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "perk", path: "..")],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        fuzzer("FuzzChatTemplate", of: "ChatTemplates"),
        fuzzer("FuzzGGUF", of: "ModelFiles"),
        fuzzer("FuzzGGUFAdapter", of: "LanguageModel", "ModelFiles", "Tensors"),
        fuzzer("FuzzModelConfiguration", of: "LanguageModel"),
        fuzzer("FuzzSafeTensors", of: "ModelFiles"),
        fuzzer("FuzzTokenizer", of: "Tokenization"),
    ]
)
