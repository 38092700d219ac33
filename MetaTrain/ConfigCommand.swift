import ArgumentParser
import Foundation
import MetaTraining

/// Prints a configuration.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints every key of a configuration with its value.",
        discussion: """
            Without CONFIG.yaml the values are the defaults, each below a comment that says what it means and what it may be;
            a tokenizer, or the path of a model, must be added. With CONFIG.yaml they are what a run would use: what the file
            and --set state, and the defaults for the rest.
            """)

    @Argument(help: ArgumentHelp("The configuration.", valueName: "CONFIG.yaml"), completion: .file())
    var configurationPath: String?

    @OptionGroup var setting: SettingOption

    func validate() throws {
        guard configurationPath != nil || setting.settings.isEmpty else {
            throw ValidationError("--set changes a configuration: give CONFIG.yaml too.")
        }
    }

    func run() throws {
        let text =
            try configurationPath.map {
                try TrainingConfiguration(path: $0, settings: setting.settings).resolvedYAML()
            } ?? TrainingConfiguration.commentedDefaults()
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
