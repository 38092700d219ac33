/// Expressions, from what binds least to what binds most; the order is Jinja's.
extension TemplateParser {
    /// How many operators, calls and members may follow one another in one chain, each of which nests the tree.
    private static let chainLimit = 64

    /// - Parameter withCondition: whether `a if b else c` counts; in the head of a loop it does not.
    mutating func expression(withCondition: Bool = true) throws(TemplateFailure) -> TemplateExpression {
        try enter()
        defer { leave() }
        let value = try disjunction()
        let line = line
        guard withCondition, take(.name("if")) else { return value }
        let condition = try disjunction()
        let otherwise: TemplateExpression? = take(.name("else")) ? try expression() : nil
        return TemplateExpression(kind: .conditional(value, condition: condition, otherwise: otherwise), line: line)
    }

    private mutating func disjunction() throws(TemplateFailure) -> TemplateExpression {
        var left = try conjunction()
        var links = 0
        while isNext(.name("or")) {
            let line = try link(&links)
            _ = take()
            left = TemplateExpression(kind: .or(left, try conjunction()), line: line)
        }
        return left
    }

    private mutating func conjunction() throws(TemplateFailure) -> TemplateExpression {
        var left = try negation()
        var links = 0
        while isNext(.name("and")) {
            let line = try link(&links)
            _ = take()
            left = TemplateExpression(kind: .and(left, try negation()), line: line)
        }
        return left
    }

    private mutating func negation() throws(TemplateFailure) -> TemplateExpression {
        let line = line
        guard take(.name("not")) else { return try comparison() }
        try enter()
        defer { leave() }
        return TemplateExpression(kind: .not(try negation()), line: line)
    }

    private mutating func comparison() throws(TemplateFailure) -> TemplateExpression {
        let left = try sum()
        let line = line
        guard let comparison = takeComparison() else { return left }
        let right = try sum()
        let result = TemplateExpression(kind: .binary(comparison, left, right), line: line)
        if takeComparison() != nil { throw TemplateFailure(line, .unsupported(construct: "a chain of comparisons")) }
        return result
    }

    private mutating func takeComparison() -> TemplateOperator? {
        if take(.name("in")) { return .isIn }
        if isNext(.name("not")), tokens.dropFirst().first?.kind == .name("in") {
            (_, _) = (take(), take())
            return .isNotIn
        }
        return takeOperator([.equal, .unequal, .lessOrEqual, .greaterOrEqual, .less, .greater])
    }

    private mutating func takeOperator(_ operators: [TemplateOperator]) -> TemplateOperator? {
        for candidate in operators where take(.symbol(candidate.rawValue)) { return candidate }
        return nil
    }

    private mutating func sum() throws(TemplateFailure) -> TemplateExpression {
        var left = try concatenation()
        var links = 0
        while isNext(.symbol("+")) || isNext(.symbol("-")) {
            let line = try link(&links)
            guard let sign = takeOperator([.plus, .minus]) else { break }
            left = TemplateExpression(kind: .binary(sign, left, try concatenation()), line: line)
        }
        return left
    }

    private mutating func concatenation() throws(TemplateFailure) -> TemplateExpression {
        var left = try product()
        var links = 0
        while isNext(.symbol("~")) {
            let line = try link(&links)
            _ = take()
            left = TemplateExpression(kind: .binary(.concatenation, left, try product()), line: line)
        }
        return left
    }

    private mutating func product() throws(TemplateFailure) -> TemplateExpression {
        var left = try signed()
        var links = 0
        while true {
            if isNext(.symbol("/")) || isNext(.symbol("**")) { throw unsupported("the operator \(found)") }
            let line = try link(&links)
            guard let sign = takeOperator([.times, .floorDivision, .modulo]) else { return left }
            left = TemplateExpression(kind: .binary(sign, left, try signed()), line: line)
        }
    }

    /// A sign binds the value itself, before its filters.
    private mutating func signed() throws(TemplateFailure) -> TemplateExpression {
        let line = line
        guard isNext(.symbol("-")) || isNext(.symbol("+")) else { return try filtered(members(of: primary())) }
        try enter()
        defer { leave() }
        let isNegative = take() == .symbol("-")
        let value =
            isNext(.symbol("-")) || isNext(.symbol("+")) ? try signed() : try members(of: primary())
        // Adding nothing refuses what is no number, as a plus sign does.
        let zero = TemplateExpression(kind: .integer(0), line: line)
        return try filtered(
            TemplateExpression(kind: isNegative ? .negative(value) : .binary(.plus, zero, value), line: line))
    }

    private mutating func primary() throws(TemplateFailure) -> TemplateExpression {
        let line = line
        func made(_ kind: TemplateExpression.Kind) -> TemplateExpression { TemplateExpression(kind: kind, line: line) }
        let found = found
        switch take() {
        case .name("true"), .name("True"): return made(.boolean(true))
        case .name("false"), .name("False"): return made(.boolean(false))
        case .name("none"), .name("None"): return made(.null)
        case .name(let name):
            guard isNext(.symbol("(")) else { return made(.name(name)) }
            guard let function = TemplateFunction(rawValue: name) else { throw unsupported("the function '\(name)'") }
            return made(.function(function, try arguments()))
        case .integer(let value): return made(.integer(value))
        case .string(let text):
            var text = text
            // Texts side by side are one.
            while case .string(let more) = tokens[tokens.startIndex].kind {
                text += more
                _ = take()
            }
            return made(.text(text))
        case .symbol("("):
            let value = try expression()
            if isNext(.symbol(",")) { throw unsupported("a tuple") }
            try expect(.symbol(")"), ")")
            return value
        case .symbol("["): return made(.list(try list()))
        case .symbol("{"): throw TemplateFailure(line, .unsupported(construct: "a map written out with braces"))
        default: throw TemplateFailure(line, .malformed("expected a value, not \(found)"))
        }
    }

    private mutating func list() throws(TemplateFailure) -> [TemplateExpression] {
        var elements: [TemplateExpression] = []
        while !take(.symbol("]")) {
            elements.append(try expression())
            if !isNext(.symbol("]")) { try expect(.symbol(","), "]") }
        }
        return elements
    }

    /// `value`, followed by members, subscripts and calls of methods.
    private mutating func members(of value: TemplateExpression) throws(TemplateFailure) -> TemplateExpression {
        var value = value
        var links = 0
        while true {
            let line = try link(&links)
            if take(.symbol(".")) {
                let name = try name("a member")
                guard isNext(.symbol("(")) else {
                    value = TemplateExpression(kind: .attribute(value, name), line: line)
                    continue
                }
                guard let method = TemplateMethod(rawValue: name) else { throw unsupported("the method '\(name)'") }
                value = TemplateExpression(kind: .method(value, method, try arguments()), line: line)
            } else if take(.symbol("[")) {
                value = TemplateExpression(kind: try subscripted(value), line: line)
            } else if isNext(.symbol("(")) {
                throw unsupported("the call of a value")
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(
        _ value: TemplateExpression
    ) throws(TemplateFailure) -> TemplateExpression.Kind {
        var parts: [TemplateExpression?] = [nil]
        while !take(.symbol("]")) {
            if take(.symbol(":")) {
                parts.append(nil)
            } else if parts[parts.count - 1] == nil {
                parts[parts.count - 1] = try expression()
            } else {
                throw TemplateFailure(line, .malformed("expected ']', not \(found)"))
            }
        }
        switch (parts.count, parts[0]) {
        case (1, let index?): return .subscripted(value, index)
        case (2...3, _): return .slice(value, start: parts[0], end: parts[1], step: parts.count == 3 ? parts[2] : nil)
        default: throw TemplateFailure(line, .malformed("the subscript is empty or has too many parts"))
        }
    }

    /// `value`, followed by filters and tests.
    private mutating func filtered(_ value: TemplateExpression) throws(TemplateFailure) -> TemplateExpression {
        var value = value
        var links = 0
        while true {
            let line = try link(&links)
            if take(.symbol("|")) {
                let name = try name("a filter")
                guard let filter = TemplateFilter(rawValue: name) else { throw unsupported("the filter '\(name)'") }
                let arguments: [TemplateArgument] = isNext(.symbol("(")) ? try arguments() : []
                value = TemplateExpression(kind: .filter(value, filter, arguments), line: line)
            } else if take(.name("is")) {
                let isNegated = take(.name("not"))
                let name = try name("a test")
                guard let test = TemplateTest(rawValue: name) else { throw unsupported("the test '\(name)'") }
                if isNext(.symbol("(")) { throw unsupported("an argument of the test '\(name)'") }
                value = TemplateExpression(kind: .test(value, test, isNegated: isNegated), line: line)
            } else {
                return value
            }
        }
    }

    private mutating func arguments() throws(TemplateFailure) -> [TemplateArgument] {
        var arguments: [TemplateArgument] = []
        try expect(.symbol("("), "(")
        while !take(.symbol(")")) {
            var name: String?
            if case .name(let word) = tokens[tokens.startIndex].kind, tokens.dropFirst().first?.kind == .symbol("=") {
                (_, _) = (take(), take())
                name = word
            }
            arguments.append(TemplateArgument(name: name, value: try expression()))
            if !isNext(.symbol(")")) { try expect(.symbol(","), ")") }
        }
        return arguments
    }

    /// Counts one more link of a chain; returns the line where it stands.
    private mutating func link(_ links: inout Int) throws(TemplateFailure) -> Int {
        links += 1
        guard links <= Self.chainLimit else {
            throw TemplateFailure(line, .unsupported(construct: "a chain of more than \(Self.chainLimit) operations"))
        }
        return line
    }
}
