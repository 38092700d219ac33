/// What is within a value: members, elements and slices.
extension TemplateEvaluation {
    /// `base.name`
    func member(_ name: String, of base: TemplateValue, _ line: Int) throws(TemplateFailure) -> TemplateValue {
        switch base {
        case .map(let map): return map[name] ?? .undefined(name)
        case .namespace(let number): return namespaces[number][name] ?? .undefined(name)
        case .loop(let index, let count):
            switch name {
            case "index": return .integer(index + 1)
            case "index0": return .integer(index)
            case "revindex": return .integer(count - index)
            case "revindex0": return .integer(count - index - 1)
            case "first": return .boolean(index == 0)
            case "last": return .boolean(index == count - 1)
            case "length": return .integer(count)
            default: throw TemplateFailure(line, .unsupported(construct: "'loop.\(name)'"))
            }
        case .undefined: throw TemplateFailure(line, .failed("\(base.kindName) has no member '\(name)'"))
        case .null, .boolean, .integer, .text, .list: return .undefined(name)
        }
    }

    /// `base[index]`
    func element(
        _ index: TemplateValue, of base: TemplateValue, _ line: Int
    ) throws(TemplateFailure) -> TemplateValue {
        if case .text(let name) = index { return try member(name.string, of: base, line) }
        guard let number = index.number else {
            throw TemplateFailure(line, .failed("\(index.kindName) is no place within \(base.kindName)"))
        }
        func found<Element>(in elements: [Element]) -> Element? {
            let place = number < 0 ? number + elements.count : number
            return elements.indices.contains(place) ? elements[place] : nil
        }
        switch base {
        case .list(let elements): return found(in: elements) ?? .undefined("\(number)")
        case .text(let text):
            return found(in: text.characters).map { .text(MarkedText(CollectionOfOne($0))) } ?? .undefined("\(number)")
        case .undefined: throw TemplateFailure(line, .failed("\(base.kindName) has no elements"))
        default: return .undefined("\(number)")
        }
    }

    /// `base[start:end:step]`
    func slice(
        _ base: TemplateValue, _ bounds: (start: TemplateValue, end: TemplateValue, step: TemplateValue), _ line: Int
    ) throws(TemplateFailure) -> TemplateValue {
        let start = try bound(bounds.start, line), end = try bound(bounds.end, line)
        let step = try bound(bounds.step, line) ?? 1
        guard step != 0 else { throw TemplateFailure(line, .failed("the step of a slice is 0")) }
        switch base {
        case .list(let elements):
            return .list(Self.places(of: elements.count, start, end, step).map { elements[$0] })
        case .text(let text):
            return .text(
                MarkedText(Self.places(of: text.characters.count, start, end, step).map { text.characters[$0] }))
        default: throw TemplateFailure(line, .failed("\(base.kindName) has no slices"))
        }
    }

    private func bound(_ value: TemplateValue, _ line: Int) throws(TemplateFailure) -> Int? {
        if case .null = value { return nil }
        guard let number = value.number else {
            throw TemplateFailure(line, .failed("\(value.kindName) is no bound of a slice"))
        }
        return number
    }

    /// The places that a slice takes of so many, by Python's rules.
    private static func places(of count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> [Int] {
        func clamped(_ bound: Int?, _ whole: Int) -> Int {
            guard let bound else { return whole }
            let (least, most) = step > 0 ? (0, count) : (-1, count - 1)
            return min(max(bound < 0 ? bound + count : bound, least), most)
        }
        let first = clamped(start, step > 0 ? 0 : count - 1), last = clamped(end, step > 0 ? count : -1)
        return Array(stride(from: first, to: last, by: step))
    }

    /// What a loop goes through.
    func elements(of value: TemplateValue, _ line: Int) throws(TemplateFailure) -> [TemplateValue] {
        switch value {
        case .list(let elements): return elements
        case .text(let text): return text.characters.map { .text(MarkedText(CollectionOfOne($0))) }
        case .map(let map): return map.entries.map { .text($0.key) }
        case .undefined: return []
        default: throw TemplateFailure(line, .failed("\(value.kindName) has no elements"))
        }
    }
}

extension TemplateTest {
    func holds(for value: TemplateValue) -> Bool {
        switch (self, value) {
        case (.defined, .undefined): false
        case (.defined, _): true
        case (.undefined, .undefined): true
        case (.isNone, .null), (.string, .text), (.boolean, .boolean), (.integer, .integer), (.mapping, .map): true
        case (.number, .integer), (.number, .boolean): true
        case (.isTrue, .boolean(let value)): value
        case (.isFalse, .boolean(let value)): !value
        // What is not there counts as an empty sequence in Jinja.
        case (.sequence, .text), (.sequence, .list), (.sequence, .map), (.sequence, .undefined): true
        case (.iterable, .text), (.iterable, .list), (.iterable, .map), (.iterable, .undefined): true
        default: false
        }
    }
}
