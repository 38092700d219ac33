import ArgumentParser
import Foundation
import MetaTraining
import StrictConfiguration

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

/// `--set`, wherever a configuration is read.
struct SettingOption: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A value, as YAML, in place of the configuration's; repeatable. The path is written as in inner.steps=8, "
                + "curriculum[0].maximumSteps=10 or evaluation.people='[2, 4]'.",
            valueName: "path=value"),
        transform: ConfigurationSetting.init)
    var settings: [ConfigurationSetting] = []
}
