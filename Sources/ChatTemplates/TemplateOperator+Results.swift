extension TemplateOperator {
    /// What two values give, by Python's rules.
    func result(_ left: TemplateValue, _ right: TemplateValue, _ line: Int) throws(TemplateFailure) -> TemplateValue {
        switch self {
        case .equal: return .boolean(left.equals(right))
        case .unequal: return .boolean(!left.equals(right))
        case .isIn: return .boolean(try contains(right, left, line))
        case .isNotIn: return .boolean(try !contains(right, left, line))
        case .concatenation:
            guard let first = left.printed, let second = right.printed else { throw mismatch(left, right, line) }
            return .text(first + second)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .boolean(try isOrdered(left, right, line))
        case .plus:
            switch (left, right) {
            case (.text(let first), .text(let second)): return .text(first + second)
            case (.list(let first), .list(let second)): return .list(first + second)
            default: return try number(left, right, line) { $0.addingReportingOverflow($1) }
            }
        case .minus: return try number(left, right, line) { $0.subtractingReportingOverflow($1) }
        case .times: return try number(left, right, line) { $0.multipliedReportingOverflow(by: $1) }
        case .floorDivision, .modulo:
            guard right.number != 0 else { throw TemplateFailure(line, .failed("a division by 0")) }
            return try number(left, right, line) { dividend, divisor in
                let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
                if overflow { return (0, true) }
                let remainder = dividend % divisor
                let isBelow = remainder != 0 && (remainder < 0) != (divisor < 0)
                if self == .modulo { return (isBelow ? remainder + divisor : remainder, false) }
                return (isBelow ? quotient - 1 : quotient, false)
            }
        }
    }

    private func number(
        _ left: TemplateValue, _ right: TemplateValue, _ line: Int,
        _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)
    ) throws(TemplateFailure) -> TemplateValue {
        guard let first = left.number, let second = right.number else { throw mismatch(left, right, line) }
        let (value, overflow) = operation(first, second)
        guard !overflow else { throw TemplateFailure(line, .failed("a number has more than 64 bits")) }
        return .integer(value)
    }

    private func isOrdered(
        _ left: TemplateValue, _ right: TemplateValue, _ line: Int
    ) throws(TemplateFailure) -> Bool {
        let (isLess, isEqual): (Bool, Bool)
        if let first = left.number, let second = right.number {
            (isLess, isEqual) = (first < second, first == second)
        } else if case .text(let first) = left, case .text(let second) = right {
            isLess = first.characters.lexicographicallyPrecedes(second.characters) { $0.scalar < $1.scalar }
            isEqual = first == second
        } else {
            throw mismatch(left, right, line)
        }
        switch self {
        case .less: return isLess
        case .lessOrEqual: return isLess || isEqual
        case .greater: return !isLess && !isEqual
        default: return !isLess
        }
    }

    private func contains(
        _ whole: TemplateValue, _ part: TemplateValue, _ line: Int
    ) throws(TemplateFailure) -> Bool {
        switch (whole, part) {
        case (.text(let text), .text(let part)): return text.firstIndex(of: part) != nil
        case (.list(let elements), _): return elements.contains { $0.equals(part) }
        case (.map(let map), .text(let key)): return map[key.string] != nil
        case (.map, _), (.undefined, _): return false
        default: throw mismatch(part, whole, line)
        }
    }

    private func mismatch(_ left: TemplateValue, _ right: TemplateValue, _ line: Int) -> TemplateFailure {
        TemplateFailure(line, .failed("'\(rawValue)' between \(left.kindName) and \(right.kindName)"))
    }
}
