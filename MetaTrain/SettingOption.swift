import ArgumentParser
import MetaTraining
import StrictConfiguration

/// `--set`, wherever a configuration is read.
struct SettingOption: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A value, as YAML, in place of the configuration's; repeatable. The path is written as in inner.steps=8, "
                + "curriculum[0].maximumSteps=10 or evaluation.people='[2, 4]'.",
            valueName: "path=value"),
        transform: { try ConfigurationSetting($0, option: "--set") })
    var settings: [ConfigurationSetting] = []
}
