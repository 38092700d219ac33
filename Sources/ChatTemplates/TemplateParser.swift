/// Makes statements of a template's tokens.
///
/// Whatever is not among the constructs that can be evaluated is refused here, with its name and line, so that nothing
/// in a template is passed over.
struct TemplateParser {
    var tokens: ArraySlice<TemplateToken>
    /// How many constructs are open around what is read.
    private var depth = 0
    private var openLoops = 0

    /// How deeply a template may be nested, so that a hostile one cannot exhaust the stack.
    static let depthLimit = 48

    /// - Throws: `TemplateFailure`.
    static func statements(of template: String) throws(TemplateFailure) -> [TemplateStatement] {
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: template)[...])
        let (statements, end) = try parser.statements(until: [])
        precondition(end == nil, "without ending words, only the end of the template ends statements")
        return statements
    }

    private init(tokens: ArraySlice<TemplateToken>) { self.tokens = tokens }

    // MARK: - Statements

    /// The statements up to a tag that begins with one of `ends`, of which the name is read, or to the template's end.
    private mutating func statements(
        until ends: Set<String>
    ) throws(TemplateFailure) -> (statements: [TemplateStatement], end: String?) {
        var statements: [TemplateStatement] = []
        let start = line
        try enter()
        defer { leave() }
        while true {
            switch take() {
            case .text(let text): statements.append(.text(text))
            case .outputStart:
                statements.append(.output(try expression()))
                try expect(.outputEnd, "}}")
            case .statementStart:
                let name = try name("a statement")
                if ends.contains(name) { return (statements, name) }
                statements.append(try statement(name))
            case .end:
                guard ends.isEmpty else { throw TemplateFailure(start, .malformed("\(ends.sorted()[0]) is missing")) }
                return (statements, nil)
            default: preconditionFailure("the lexer begins each tag")
            }
        }
    }

    private mutating func statement(_ name: String) throws(TemplateFailure) -> TemplateStatement {
        switch name {
        case "if": return try branches()
        case "for": return try loop()
        case "set": return try set()
        case "break", "continue":
            guard openLoops > 0 else { throw TemplateFailure(line, .malformed("\(name) outside of a loop")) }
            try endStatement()
            return name == "break" ? .breakLoop : .continueLoop
        case "elif", "else", "endif", "endfor":
            throw TemplateFailure(line, .malformed("\(name) without a beginning"))
        default: throw TemplateFailure(line, .unsupported(construct: "the statement '\(name)'"))
        }
    }

    private mutating func branches() throws(TemplateFailure) -> TemplateStatement {
        var branches: [(condition: TemplateExpression?, body: [TemplateStatement])] = []
        var condition: TemplateExpression? = try expression()
        while true {
            try endStatement()
            let (body, end) = try statements(until: condition == nil ? ["endif"] : ["elif", "else", "endif"])
            branches.append((condition, body))
            if end == "endif" { break }
            condition = end == "elif" ? try expression() : nil
        }
        try endStatement()
        return .branches(branches)
    }

    private mutating func loop() throws(TemplateFailure) -> TemplateStatement {
        let name = try name("a variable")
        if isNext(.symbol(",")) { throw unsupported("a loop over several variables") }
        guard take(.name("in")) else { throw TemplateFailure(line, .malformed("'in' is missing from the loop")) }
        let sequence = try expression(withCondition: false)
        if isNext(.name("if")) { throw unsupported("a loop with a condition") }
        if isNext(.name("recursive")) { throw unsupported("a recursive loop") }
        try endStatement()
        openLoops += 1
        let (body, end) = try statements(until: ["else", "endfor"])
        openLoops -= 1
        var otherwise: [TemplateStatement] = []
        if end == "else" {
            try endStatement()
            otherwise = try statements(until: ["endfor"]).statements
        }
        try endStatement()
        return .loop(name: name, over: sequence, body: body, otherwise: otherwise)
    }

    private mutating func set() throws(TemplateFailure) -> TemplateStatement {
        let line = line
        let target = try name("a variable")
        let member: String? = take(.symbol(".")) ? try name("a member") : nil
        if isNext(.symbol(",")) { throw unsupported("setting several variables at once") }
        guard take(.symbol("=")) else { throw unsupported("a set without '='") }
        let value = try expression()
        try endStatement()
        return member.map { .setMember(namespace: target, name: $0, value, line: line) } ?? .set(name: target, value)
    }

    private mutating func endStatement() throws(TemplateFailure) { try expect(.statementEnd, "%}") }

    // MARK: - Tokens

    /// The line of the next token.
    var line: Int { tokens[tokens.startIndex].line }

    func isNext(_ kind: TemplateToken.Kind) -> Bool { tokens[tokens.startIndex].kind == kind }

    /// Takes the next token; the end stays.
    mutating func take() -> TemplateToken.Kind {
        tokens.count == 1 ? tokens[tokens.startIndex].kind : tokens.removeFirst().kind
    }

    /// Takes the next token if it is this one.
    mutating func take(_ kind: TemplateToken.Kind) -> Bool {
        guard isNext(kind) else { return false }
        _ = take()
        return true
    }

    mutating func expect(_ kind: TemplateToken.Kind, _ spelling: String) throws(TemplateFailure) {
        guard take(kind) else { throw TemplateFailure(line, .malformed("expected '\(spelling)', not \(found)")) }
    }

    mutating func name(_ what: String) throws(TemplateFailure) -> String {
        guard case .name(let name) = tokens[tokens.startIndex].kind else {
            throw TemplateFailure(line, .malformed("expected \(what), not \(found)"))
        }
        _ = take()
        return name
    }

    /// What stands next, for messages.
    var found: String {
        switch tokens[tokens.startIndex].kind {
        case .name(let text), .symbol(let text): "'\(text)'"
        case .string: "a text"
        case .integer(let value): "\(value)"
        case .text, .outputStart, .outputEnd, .statementStart, .statementEnd, .end: "the end of the tag"
        }
    }

    func unsupported(_ construct: String) -> TemplateFailure {
        TemplateFailure(line, .unsupported(construct: construct))
    }

    mutating func enter() throws(TemplateFailure) {
        depth += 1
        guard depth <= Self.depthLimit else {
            throw TemplateFailure(line, .malformed("it is nested more than \(Self.depthLimit) deep"))
        }
    }

    mutating func leave() { depth -= 1 }
}
