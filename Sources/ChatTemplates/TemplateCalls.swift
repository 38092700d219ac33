import Foundation

/// The values that a call is given.
struct TemplateArguments {
    private(set) var positional: [TemplateValue] = []
    private(set) var named = TemplateMap()
    let line: Int

    init(
        _ arguments: [TemplateArgument], _ evaluation: inout TemplateEvaluation, _ line: Int
    ) throws(TemplateFailure) {
        self.line = line
        for argument in arguments {
            let value = try evaluation.value(of: argument.value)
            if let name = argument.name { named[name] = value } else { positional.append(value) }
        }
    }

    /// Refuses more values than `most`, and any with a name.
    func check(_ call: String, _ range: ClosedRange<Int>) throws(TemplateFailure) {
        if let name = named.entries.first?.key {
            throw TemplateFailure(line, .unsupported(construct: "the argument '\(name)' of '\(call)'"))
        }
        guard range.contains(positional.count) else {
            throw TemplateFailure(line, .unsupported(construct: "'\(call)' with \(positional.count) arguments"))
        }
    }

    subscript(_ index: Int) -> TemplateValue? { positional.indices.contains(index) ? positional[index] : nil }

    /// The text at `index`; `nil` where there is none.
    func text(_ index: Int, of call: String) throws(TemplateFailure) -> MarkedText? {
        guard let value = self[index] else { return nil }
        guard case .text(let text) = value else {
            throw TemplateFailure(line, .failed("'\(call)' is given \(value.kindName) instead of a text"))
        }
        return text
    }
}

extension TemplateEvaluation {
    mutating func call(
        _ function: TemplateFunction, _ arguments: TemplateArguments
    ) throws(TemplateFailure) -> TemplateValue {
        switch function {
        case .raiseException:
            try arguments.check(function.rawValue, 1...1)
            throw TemplateFailure(arguments.line, .refused(arguments[0]?.printed?.string ?? ""))
        case .namespace:
            if !arguments.positional.isEmpty {
                throw TemplateFailure(arguments.line, .unsupported(construct: "a namespace made of another value"))
            }
            namespaces.append(arguments.named)
            return .namespace(namespaces.count - 1)
        case .timeNow:
            try arguments.check(function.rawValue, 1...1)
            return .text(Self.localTime(format: try arguments.text(0, of: function.rawValue)?.string ?? ""))
        }
    }

    private static func localTime(format: String) -> String {
        var now = time_t(Date().timeIntervalSince1970)
        var parts = tm()
        localtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 256)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Methods

    func call(
        _ method: TemplateMethod, of base: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateFailure) -> TemplateValue {
        let name = method.rawValue
        if method == .get {
            guard case .map(let map) = base else { throw Self.missing(name, base, arguments.line) }
            try arguments.check(name, 1...2)
            return try map[arguments.text(0, of: name)?.string ?? ""] ?? arguments[1] ?? .null
        }
        guard case .text(let text) = base else { throw Self.missing(name, base, arguments.line) }
        switch method {
        case .startswith, .endswith:
            try arguments.check(name, 1...1)
            let part = try arguments.text(0, of: name) ?? MarkedText("")
            return .boolean(method == .startswith ? text.hasPrefix(part) : text.hasSuffix(part))
        case .strip, .lstrip, .rstrip:
            try arguments.check(name, 0...1)
            let side: MarkedText.Side = method == .strip ? .both : method == .lstrip ? .left : .right
            return .text(text.trimmed(side, of: try arguments.text(0, of: name)))
        case .split: return try split(text, arguments)
        case .upper, .lower:
            try arguments.check(name, 0...0)
            return .text(text.cased(upper: method == .upper))
        case .replace: return .text(try text.replacing(arguments))
        case .get: throw Self.missing(name, base, arguments.line)
        }
    }

    private static func missing(_ method: String, _ base: TemplateValue, _ line: Int) -> TemplateFailure {
        TemplateFailure(line, .failed("\(base.kindName) has no method '\(method)'"))
    }

    private func split(_ text: MarkedText, _ arguments: TemplateArguments) throws(TemplateFailure) -> TemplateValue {
        try arguments.check("split", 0...2)
        guard let separator = try arguments.text(0, of: "split") else { return .list(text.words().map { .text($0) }) }
        guard !separator.characters.isEmpty else {
            throw TemplateFailure(arguments.line, .failed("'split' is given an empty separator"))
        }
        let limit = arguments[1].flatMap(\.number) ?? -1
        return .list(text.split(by: separator, limit: limit < 0 ? .max : limit).map { .text($0) })
    }

    // MARK: - Filters

    func apply(
        _ filter: TemplateFilter, to base: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateFailure) -> TemplateValue {
        let name = filter.rawValue
        let most = [.trim, .join].contains(filter) ? 1 : [.default, .defaultShort, .replace].contains(filter) ? 2 : 0
        try arguments.check(name, 0...most)
        switch filter {
        case .trim: return .text(try printed(base, arguments.line).trimmed(.both, of: arguments.text(0, of: name)))
        case .length, .count: return .integer(try elements(of: base, arguments.line).count)
        case .tojson:
            guard let json = base.json else {
                throw TemplateFailure(arguments.line, .failed("\(base.kindName) cannot be written as JSON"))
            }
            return .text(json)
        case .upper, .lower: return .text(try printed(base, arguments.line).cased(upper: filter == .upper))
        case .join:
            var parts: [MarkedText] = []
            for element in try elements(of: base, arguments.line) { parts.append(try printed(element, arguments.line)) }
            return .text(try (arguments.text(0, of: name) ?? MarkedText("")).joining(parts))
        case .first: return try elements(of: base, arguments.line).first ?? .undefined("first")
        case .last: return try elements(of: base, arguments.line).last ?? .undefined("last")
        case .string: return .text(try printed(base, arguments.line))
        case .replace: return .text(try printed(base, arguments.line).replacing(arguments))
        case .default, .defaultShort:
            let countsFalse = arguments[1]?.isTrue ?? false
            let isMissing = if case .undefined = base { true } else { countsFalse && !base.isTrue }
            return isMissing ? arguments[0] ?? .text("") : base
        }
    }
}

extension MarkedText {
    fileprivate func cased(upper: Bool) -> MarkedText {
        mapped { upper ? $0.properties.uppercaseMapping : $0.properties.lowercaseMapping }
    }

    /// With the first given text replaced by the second wherever it stands.
    fileprivate func replacing(_ arguments: TemplateArguments) throws(TemplateFailure) -> MarkedText {
        try arguments.check("replace", 2...2)
        guard let old = try arguments.text(0, of: "replace"), !old.characters.isEmpty,
            let new = try arguments.text(1, of: "replace")
        else { throw TemplateFailure(arguments.line, .unsupported(construct: "'replace' of an empty text")) }
        return new.joining(split(by: old))
    }
}
