/// An expression of a template with its line.
struct TemplateExpression: Sendable {
    indirect enum Kind: Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        case text(String)
        case name(String)
        case list([TemplateExpression])
        /// `map.name`
        case attribute(TemplateExpression, String)
        /// `list[index]`
        case subscripted(TemplateExpression, TemplateExpression)
        /// `list[start:end:step]`
        case slice(TemplateExpression, start: TemplateExpression?, end: TemplateExpression?, step: TemplateExpression?)
        case function(TemplateFunction, [TemplateArgument])
        case method(TemplateExpression, TemplateMethod, [TemplateArgument])
        case filter(TemplateExpression, TemplateFilter, [TemplateArgument])
        case test(TemplateExpression, TemplateTest, isNegated: Bool)
        case not(TemplateExpression)
        case negative(TemplateExpression)
        case and(TemplateExpression, TemplateExpression)
        case or(TemplateExpression, TemplateExpression)
        case binary(TemplateOperator, TemplateExpression, TemplateExpression)
        /// `then if condition else otherwise`
        case conditional(TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
    }

    let kind: Kind
    let line: Int
}

/// An argument of a call, with its name where one is given.
struct TemplateArgument: Sendable {
    let name: String?
    let value: TemplateExpression
}

/// The functions that templates may call.
enum TemplateFunction: String, Sendable {
    case raiseException = "raise_exception"
    case namespace
    /// The local time, as `strftime` writes it.
    case timeNow = "strftime_now"
}

/// The methods of texts, and of maps (`get`), that templates may call.
enum TemplateMethod: String, Sendable {
    case startswith, endswith, split, strip, lstrip, rstrip, upper, lower, replace, get
}

enum TemplateFilter: String, Sendable {
    case trim, length, count, tojson, upper, lower, join, first, last, string, replace
    case `default`
    case defaultShort = "d"
}

enum TemplateTest: String, Sendable {
    case defined, undefined, string, number, integer, boolean, mapping, sequence, iterable
    case isNone = "none"
    case isTrue = "true"
    case isFalse = "false"
}

enum TemplateOperator: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case floorDivision = "//"
    case modulo = "%"
    case concatenation = "~"
}

/// A part of a template that does something.
enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression)
    case set(name: String, TemplateExpression)
    /// Sets a member of a namespace.
    case setMember(namespace: String, name: String, TemplateExpression, line: Int)
    /// The first branch whose condition holds; that of `else` has none.
    case branches([(condition: TemplateExpression?, body: [TemplateStatement])])
    case loop(name: String, over: TemplateExpression, body: [TemplateStatement], otherwise: [TemplateStatement])
    case breakLoop
    case continueLoop
}
