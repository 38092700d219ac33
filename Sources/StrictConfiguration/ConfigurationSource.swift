import Foundation
import Yams

/// What a configuration is read from: a file, and values set on the command line.
struct ConfigurationSource {
    /// The configuration's file, as errors name it.
    let file: String
    /// The folder that relative paths start from; nil leaves them as they stand.
    let directory: URL?
    /// The values on the command line, in their order; a later one prevails.
    var settings: [ConfigurationSetting] = []

    /// Where the node at `path` was stated.
    ///
    /// What a setting put at its path or below it is the setting's. So are mappings that it made on the way there: they
    /// have no mark, since they stand in no text.
    func place(of node: Node, at path: String) -> TrainingConfigurationError.Place {
        let stating = settings.last { path.lies(atOrBelow: $0.path) }
        let making = node.mark == nil ? settings.last { $0.path.lies(atOrBelow: path) } : nil
        guard let setting = stating ?? making else { return .file(file, line: node.mark?.line) }
        return .setting(setting.text)
    }
}

extension String {
    /// Whether a path such as `curriculum[1].until.accuracy` is another one, or leads through it.
    fileprivate func lies(atOrBelow path: String) -> Bool {
        guard hasPrefix(path), !path.isEmpty else { return false }
        return count == path.count || dropFirst(path.count).hasPrefix(".") || dropFirst(path.count).hasPrefix("[")
    }
}
