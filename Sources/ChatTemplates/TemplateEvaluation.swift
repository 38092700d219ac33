/// A template at work on one conversation.
struct TemplateEvaluation {
    private(set) var output = MarkedText("")
    /// The variables of the template, and those of each loop around the statement at work.
    private var scopes: [[String: TemplateValue]]
    var namespaces: [TemplateMap] = []
    /// How many steps and characters the template may still take.
    private var remainingWork: Int
    private var depth = 0

    /// A chat template takes some thousand steps, and as many more as its messages have characters. Without a limit a
    /// few nested loops would take forever.
    private static let workLimit = 300_000
    private static let depthLimit = 512

    /// - Parameter messageCharacters: what the messages hold, which a template may handle several times.
    init(variables: [String: TemplateValue], messageCharacters: Int) {
        scopes = [variables]
        remainingWork = Self.workLimit + 32 * messageCharacters
    }

    // MARK: - Statements

    private enum Flow { case goingOn, breaking, continuing }

    /// - Throws: `TemplateFailure`.
    mutating func run(_ statements: [TemplateStatement]) throws(TemplateFailure) { _ = try flow(statements) }

    private mutating func flow(_ statements: [TemplateStatement]) throws(TemplateFailure) -> Flow {
        for statement in statements {
            let flow = try flow(statement)
            if flow != .goingOn { return flow }
        }
        return .goingOn
    }

    private mutating func flow(_ statement: TemplateStatement) throws(TemplateFailure) -> Flow {
        switch statement {
        case .text(let text): output.characters += MarkedText(text).characters
        case .output(let expression):
            let text = try printed(value(of: expression), expression.line)
            try spend(text.characters.count, expression.line)
            output.characters += text.characters
        case .set(let name, let expression): scopes[scopes.count - 1][name] = try value(of: expression)
        case .setMember(let namespace, let name, let expression, let line):
            guard case .namespace(let number) = variable(namespace) else {
                throw TemplateFailure(line, .failed("\(namespace) is no namespace, so its members cannot be set"))
            }
            namespaces[number][name] = try value(of: expression)
        case .branches(let branches):
            for branch in branches {
                guard let condition = branch.condition else { return try flow(branch.body) }
                if try value(of: condition).isTrue { return try flow(branch.body) }
            }
        case .loop(let name, let sequence, let body, let otherwise):
            return try loop(name, over: sequence, body, otherwise)
        case .breakLoop: return .breaking
        case .continueLoop: return .continuing
        }
        return .goingOn
    }

    private mutating func loop(
        _ name: String, over sequence: TemplateExpression, _ body: [TemplateStatement],
        _ otherwise: [TemplateStatement]
    ) throws(TemplateFailure) -> Flow {
        let elements = try elements(of: value(of: sequence), sequence.line)
        guard !elements.isEmpty else { return try flow(otherwise) }
        for (index, element) in elements.enumerated() {
            try spend(1, sequence.line)
            // What is set in one round is gone in the next.
            scopes.append([name: element, "loop": .loop(index: index, count: elements.count)])
            let flow = try flow(body)
            scopes.removeLast()
            if flow == .breaking { break }
        }
        return .goingOn
    }

    // MARK: - Expressions

    mutating func value(of expression: TemplateExpression) throws(TemplateFailure) -> TemplateValue {
        try spend(1, expression.line)
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw TemplateFailure(expression.line, .failed("an expression is nested more than \(Self.depthLimit) deep"))
        }
        switch expression.kind {
        case .null: return .null
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .text(let text): return .text(text)
        case .name(let name): return variable(name)
        case .list(let elements):
            var values: [TemplateValue] = []
            for element in elements { values.append(try value(of: element)) }
            return .list(values)
        case .attribute(let base, let name): return try member(name, of: value(of: base), expression.line)
        case .subscripted(let base, let index):
            let base = try value(of: base)
            return try element(value(of: index), of: base, expression.line)
        case .slice(let base, let start, let end, let step):
            return try slice(value(of: base), (bound(start), bound(end), bound(step)), expression.line)
        case .function(let function, let arguments):
            return try call(function, TemplateArguments(arguments, &self, expression.line))
        case .method(let base, let method, let arguments):
            let base = try value(of: base)
            return try call(method, of: base, TemplateArguments(arguments, &self, expression.line))
        case .filter(let base, let filter, let arguments):
            let base = try value(of: base)
            return try apply(filter, to: base, TemplateArguments(arguments, &self, expression.line))
        case .test(let base, let test, let isNegated):
            return .boolean(try test.holds(for: value(of: base)) != isNegated)
        case .not(let operand): return .boolean(try !value(of: operand).isTrue)
        case .negative(let operand):
            let zero = TemplateValue.integer(0)
            return try TemplateOperator.minus.result(zero, value(of: operand), expression.line)
        case .and(let left, let right):
            let value = try value(of: left)
            return value.isTrue ? try self.value(of: right) : value
        case .or(let left, let right):
            let value = try value(of: left)
            return value.isTrue ? value : try self.value(of: right)
        case .binary(let operation, let left, let right):
            let left = try value(of: left)
            let result = try operation.result(left, value(of: right), expression.line)
            try spend(result.size, expression.line)
            return result
        case .conditional(let then, let condition, let otherwise):
            if try value(of: condition).isTrue { return try value(of: then) }
            return try otherwise.map { other throws(TemplateFailure) in try value(of: other) } ?? .undefined("else")
        }
    }

    private func variable(_ name: String) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return .undefined(name)
    }

    private mutating func bound(_ expression: TemplateExpression?) throws(TemplateFailure) -> TemplateValue {
        guard let expression else { return .null }
        return try value(of: expression)
    }

    func printed(_ value: TemplateValue, _ line: Int) throws(TemplateFailure) -> MarkedText {
        guard let text = value.printed else {
            throw TemplateFailure(line, .unsupported(construct: "printing \(value.kindName)"))
        }
        return text
    }

    private mutating func spend(_ work: Int, _ line: Int) throws(TemplateFailure) {
        remainingWork -= work
        guard remainingWork >= 0 else {
            throw TemplateFailure(line, .failed("it takes more than \(Self.workLimit) steps"))
        }
    }
}

extension TemplateValue {
    /// How much there is to handle: characters or elements.
    fileprivate var size: Int {
        switch self {
        case .text(let text): text.characters.count
        case .list(let elements): elements.count
        default: 0
        }
    }
}
