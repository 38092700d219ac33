import Foundation

/// No model was named and none is installed.
struct NoModelError: Error, CustomStringConvertible {
    let places: [String]

    var description: String {
        "no model found in \(places.joined(separator: " or ")): name one with --model, "
            + "or train one with perk-meta-train train"
    }
}

extension ModelOption {
    /// Where the model is: the one named, or the one that comes with the program.
    ///
    /// The embedded model lies in `share/perk/default-model` beside the directory of the installed program, or, in a
    /// source checkout, in `Fixtures/default-model`.
    ///
    /// - Throws: `NoModelError`.
    func path() throws -> String {
        if let model { return model }
        // Not the first argument, which says nothing of the folder where a shell found the program by its search path.
        let program = (Bundle.main.executableURL ?? Bundle.main.bundleURL).resolvingSymlinksInPath()
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let places = [
            program.deletingLastPathComponent().deletingLastPathComponent().appending(path: "share/perk/default-model"),
            checkout.appending(path: "Fixtures/default-model"),
        ].map(\.path)
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: "\($0)/perk.json") }) else {
            throw NoModelError(places: places)
        }
        return found
    }
}
