import Foundation
import Testing

/// What the manifest says of the targets is what their sources do.
@Suite struct PackageLayersTests {
    private let manifest: PackageManifest

    init() throws { manifest = try PackageManifest.dumped() }

    /// Modules of the system and of the toolchain, which no manifest declares.
    private static let systemModules: Set = ["Foundation", "FoundationXML", "Synchronization", "Testing"]

    @Test func everyImportIsDeclared() throws {
        for target in manifest.targets {
            let declared = Set(target.dependencies.map(\.name)).union(Self.systemModules)
            let sources = try manifest.sources(of: target)
            #expect(target.type == "system" || target.name.hasPrefix("C") || !sources.isEmpty, "\(target.name)")
            for source in sources {
                let undeclared = source.imports.filter { !declared.contains($0) }
                #expect(
                    undeclared.isEmpty, "\(source.path) imports \(undeclared), which \(target.name) does not declare")
            }
        }
    }

    @Test func everyDeclaredDependencyIsImported() throws {
        for target in manifest.targets {
            let imported = Set(try manifest.sources(of: target).flatMap(\.imports))
            let unused = target.dependencies.map(\.name).filter { !imported.contains($0) }
            #expect(unused.isEmpty, "\(target.name) declares \(unused), which it does not import")
        }
    }

    /// Targets are layers in the order of the manifest, so there is no circle.
    @Test func targetsDependOnThoseAboveThem() {
        let own = Set(manifest.targets.map(\.name))
        var above: Set<String> = []
        for target in manifest.targets {
            let below = target.dependencies.map(\.name).filter { own.contains($0) && !above.contains($0) }
            #expect(below.isEmpty, "\(target.name) stands above \(below), on which it depends")
            above.insert(target.name)
        }
    }

    /// A program that is copied elsewhere must not look into the folder where it was built.
    @Test func programsKnowNoPathOfTheCheckout() throws {
        for target in manifest.targets where target.type != "test" && target.path?.hasPrefix("Tests/") != true {
            for source in try manifest.sources(of: target) {
                #expect(!source.code.contains { $0.contains("#filePath") || $0.contains("#file)") }, "\(source.path)")
            }
        }
    }

    /// What looks like an option in a library's text and is none of this package's programs.
    private static let foreignOptions: Set = [
        // Options of the programs that make the files in question.
        "--merge", "--bos_id", "--eos_id",
        // Of swift build: the library was compiled without what was asked of it.
        "--traits",
        // Custom properties in a style sheet.
        "--shade", "--series", "--ink", "--muted", "--rule", "--ground", "--panel", "--right", "--wrong", "--faint",
    ]

    /// A library does not know how a program that uses it is called: the program names its options.
    @Test func librariesNameNoOption() throws {
        for target in manifest.targets where target.type == "regular" && target.name != "CommandSupport" {
            for source in try manifest.sources(of: target) where !source.path.hasPrefix("Tests/") {
                for line in source.code {
                    let options = line.matches(of: /--[a-z][a-z_-]*/).map { String($0.0) }
                    let named = options.filter { option in !Self.foreignOptions.contains { option.hasPrefix($0) } }
                    #expect(named.isEmpty, "\(source.path) names \(named)")
                }
            }
        }
    }
}
