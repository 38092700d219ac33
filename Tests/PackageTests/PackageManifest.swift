import Foundation
import Testing

/// The package's manifest, as SwiftPM evaluates it, with the sources that it describes.
struct PackageManifest: Decodable {
    struct Target: Decodable {
        let name, type: String
        let path: String?
        let dependencies: [Dependency]
    }

    /// `{"byName": [name, condition]}`, `{"product": [name, package, …]}` or `{"target": [name, condition]}`.
    struct Dependency: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            let key = try #require(container.allKeys.first)
            var values = try container.nestedUnkeyedContainer(forKey: key)
            name = try values.decode(String.self)
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A file of a target.
    struct Source {
        let path: String
        /// The lines without their comments.
        let code: [Substring]

        /// The modules that it imports, whole or in part (`import struct Foundation.Data`).
        var imports: [String] {
            code.compactMap { line in
                let words = line.split { $0 == " " || $0 == "." }.drop { $0.hasPrefix("@") || Self.access.contains($0) }
                guard words.first == "import" else { return nil }
                return words.dropFirst().first { !Self.kinds.contains($0) }.map(String.init)
            }
        }

        private static let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        private static let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "let", "var", "typealias",
        ]
    }

    let targets: [Target]

    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Has the manifest evaluated, in a scratch folder of its own: that of the running tests is locked.
    static func dumped() throws -> PackageManifest {
        let scratch = URL.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(PackageManifest.self, from: data)
    }

    /// The Swift files of a target.
    func sources(of target: Target) throws -> [Source] {
        let folder = target.path ?? (target.type == "test" ? "Tests/\(target.name)" : "Sources/\(target.name)")
        let files = FileManager.default.enumerator(atPath: Self.root.appending(path: folder).path)
        let paths = (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
        return try paths.map { path in
            let text = try String(contentsOf: Self.root.appending(path: "\(folder)/\(path)"), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let code = lines.filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }
            return Source(path: "\(folder)/\(path)", code: code)
        }
    }
}
