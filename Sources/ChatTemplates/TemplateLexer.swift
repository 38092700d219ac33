/// A piece of a template, with its line from 1.
struct TemplateToken {
    enum Kind: Equatable {
        /// Text between tags, as it is to come out.
        case text(String)
        /// `{{` and `}}`
        case outputStart, outputEnd
        /// `{%` and `%}`
        case statementStart, statementEnd
        case name(String)
        case string(String)
        case integer(Int)
        /// An operator or a bracket.
        case symbol(String)
        case end
    }

    let kind: Kind
    let line: Int
}

/// Cuts a template into tokens, with white space as in an environment with `trim_blocks` and `lstrip_blocks` (Jinja's
/// "Template Designer Documentation", white space control), which is how transformers reads chat templates.
struct TemplateLexer {
    private let source: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    /// Whether the next text begins a line.
    private var startsLine = true

    /// - Throws: `TemplateFailure`.
    static func tokens(of template: String) throws(TemplateFailure) -> [TemplateToken] {
        var lexer = TemplateLexer(template)
        try lexer.run()
        return lexer.tokens
    }

    private init(_ template: String) {
        var source: [Unicode.Scalar] = []
        var previous: Unicode.Scalar = " "
        for scalar in template.unicodeScalars {
            // Any line break counts as one line feed.
            if scalar != "\n" || previous != "\r" { source.append(scalar == "\r" ? "\n" : scalar) }
            previous = scalar
        }
        // Jinja does not keep the last line break.
        if source.last == "\n" { source.removeLast() }
        self.source = source
    }

    private mutating func run() throws(TemplateFailure) {
        while position < source.count {
            let start = position
            while position < source.count, tagStart == nil { position += 1 }
            let tag = tagStart
            addText(source[start..<position], before: tag)
            guard let tag else { break }
            advance(2)
            if next == "-" || next == "+" { advance(1) }
            if tag == "#" {
                try skipComment()
            } else {
                try scanExpression(tag)
            }
        }
        tokens.append(TemplateToken(kind: .end, line: line))
    }

    // MARK: - Text

    /// The second character of the tag that starts here: `{`, `%` or `#`.
    private var tagStart: Unicode.Scalar? {
        guard next == "{", position + 1 < source.count else { return nil }
        let second = source[position + 1]
        return second == "{" || second == "%" || second == "#" ? second : nil
    }

    private mutating func addText(_ text: ArraySlice<Unicode.Scalar>, before tag: Unicode.Scalar?) {
        let sign = tag != nil && position + 2 < source.count ? source[position + 2] : " "
        var kept = text
        if sign == "-" {
            while kept.last?.isPythonWhitespace == true { kept.removeLast() }
        } else if let tag, tag != "{", sign != "+" {
            // A tag alone at the start of its line takes the space before it along.
            let lineStart = text.lastIndex(of: "\n").map { $0 + 1 }
            let start = lineStart ?? text.startIndex
            if lineStart != nil || startsLine, text[start...].allSatisfy(\.isPythonWhitespace) {
                kept = text[..<start]
            }
        }
        if !kept.isEmpty {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: kept)
            tokens.append(TemplateToken(kind: .text(String(view)), line: line))
        }
        line += text.count { $0 == "\n" }
    }

    private mutating func skipComment() throws(TemplateFailure) {
        let start = line
        while !(next == "#" && position + 1 < source.count && source[position + 1] == "}") {
            guard next != nil else { throw TemplateFailure(start, .malformed("the comment has no end")) }
            advance(1)
        }
        let sign = source[position - 1]
        advance(2)
        endTag(sign, trimsBreak: true)
    }

    /// Takes the white space after a tag that goes with it.
    private mutating func endTag(_ sign: Unicode.Scalar, trimsBreak: Bool) {
        if sign == "-" {
            while next?.isPythonWhitespace == true { advance(1) }
        } else if trimsBreak, sign != "+", next == "\n" {
            advance(1)
        }
        startsLine = source[position - 1] == "\n"
    }

    // MARK: - Expressions

    private mutating func scanExpression(_ tag: Unicode.Scalar) throws(TemplateFailure) {
        let isOutput = tag == "{"
        let start = line
        add(isOutput ? .outputStart : .statementStart)
        var openBraces = 0
        while let scalar = next {
            if openBraces == 0, let sign = tagEnd(isOutput ? "}" : "%") {
                add(isOutput ? .outputEnd : .statementEnd)
                advance(sign == " " ? 2 : 3)
                return endTag(sign, trimsBreak: !isOutput)
            }
            if scalar.isPythonWhitespace {
                advance(1)
            } else if scalar == "'" || scalar == "\"" {
                add(.string(try string(quote: scalar)))
            } else if ("0"..."9").contains(scalar) {
                add(.integer(try integer()))
            } else if scalar == "_" || scalar.isASCII && scalar.properties.isAlphabetic {
                add(.name(run { $0 == "_" || $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) }))
            } else {
                let symbol = try symbol()
                openBraces += symbol == "{" ? 1 : symbol == "}" ? -1 : 0
                add(.symbol(symbol))
            }
        }
        throw TemplateFailure(start, .malformed("the tag has no end"))
    }

    /// The sign of the tag's end that stands here, a space for none; `nil` where the tag goes on.
    private func tagEnd(_ first: Unicode.Scalar) -> Unicode.Scalar? {
        let ahead = source[position..<min(position + 3, source.count)]
        if ahead.starts(with: [first, "}"]) { return " " }
        if ahead.elementsEqual(["-", first, "}"]) { return "-" }
        return first == "%" && ahead.elementsEqual(["+", first, "}"]) ? "+" : nil
    }

    private mutating func string(quote: Unicode.Scalar) throws(TemplateFailure) -> String {
        let start = line
        var text = String.UnicodeScalarView()
        advance(1)
        while let scalar = next, scalar != quote {
            advance(1)
            text.append(scalar == "\\" ? try escaped() : scalar)
        }
        guard next != nil else { throw TemplateFailure(start, .malformed("the text has no end")) }
        advance(1)
        return String(text)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"",
    ]

    private mutating func escaped() throws(TemplateFailure) -> Unicode.Scalar {
        guard let scalar = next else { throw TemplateFailure(line, .malformed("the text has no end")) }
        guard let character = Self.escapes[scalar] else {
            throw TemplateFailure(line, .unsupported(construct: "the escape '\\\(scalar)'"))
        }
        advance(1)
        return character
    }

    private mutating func integer() throws(TemplateFailure) -> Int {
        let digits = run { ("0"..."9").contains($0) || $0 == "_" }
        if next == ".", position + 1 < source.count, ("0"..."9").contains(source[position + 1]) {
            throw TemplateFailure(line, .unsupported(construct: "a number with a fraction"))
        }
        guard let value = Int(digits.filter { $0 != "_" }) else {
            throw TemplateFailure(line, .unsupported(construct: "the number \(digits)"))
        }
        return value
    }

    private static let symbols = ["**", "//", "==", "!=", ">=", "<="] + "+-*/%~[](){}<>=.:|,".map(String.init)

    private mutating func symbol() throws(TemplateFailure) -> String {
        let ahead = source[position..<min(position + 2, source.count)]
        guard let symbol = Self.symbols.first(where: { ahead.starts(with: $0.unicodeScalars) }) else {
            throw TemplateFailure(line, .malformed("unexpected '\(source[position])'"))
        }
        advance(symbol.unicodeScalars.count)
        return symbol
    }

    // MARK: - Moving on

    private var next: Unicode.Scalar? { position < source.count ? source[position] : nil }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count where position < source.count {
            if source[position] == "\n" { line += 1 }
            position += 1
        }
    }

    private mutating func run(while belongs: (Unicode.Scalar) -> Bool) -> String {
        var view = String.UnicodeScalarView()
        while let scalar = next, belongs(scalar) {
            view.append(scalar)
            advance(1)
        }
        return String(view)
    }

    private mutating func add(_ kind: TemplateToken.Kind) { tokens.append(TemplateToken(kind: kind, line: line)) }
}
