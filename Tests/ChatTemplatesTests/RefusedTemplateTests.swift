import Testing

@testable import ChatTemplates

@Suite struct RefusedTemplateTests {
    @Test(arguments: [
        ("{{ x }}\n{% macro turn(m) %}{% endmacro %}", 2, "the statement 'macro'"),
        ("{% include 'other' %}", 1, "the statement 'include'"),
        ("\n\n{{ messages | selectattr('role') | list }}", 3, "the filter 'selectattr'"),
        ("{{ x is divisibleby(2) }}", 1, "the test 'divisibleby'"),
        ("{{ range(3) }}", 1, "the function 'range'"),
        ("{{ x.items() }}", 1, "the method 'items'"),
        ("{% for k, v in x %}{% endfor %}", 1, "a loop over several variables"),
        ("{% for m in messages if m %}{% endfor %}", 1, "a loop with a condition"),
        ("{% set x %}a{% endset %}", 1, "a set without '='"),
        ("{% set a, b = c %}", 1, "setting several variables at once"),
        ("{{ 1.5 }}", 1, "a number with a fraction"),
        ("{{ 3 / 2 }}", 1, "the operator '/'"),
        ("{{ 3 ** 2 }}", 1, "the operator '**'"),
        ("{{ {'a': 1} }}", 1, "a map written out with braces"),
        ("{{ (1, 2) }}", 1, "a tuple"),
        ("{{ 1 < 2 < 3 }}", 1, "a chain of comparisons"),
        ("{{ '\\x41' }}", 1, "the escape '\\x'"),
        ("{% for m in [1] %}\n{{ loop.cycle }}{% endfor %}", 2, "'loop.cycle'"),
        ("{{ messages }}", 1, "printing a list"),
        ("{{ 'a' | tojson(indent=2) }}", 1, "the argument 'indent' of 'tojson'"),
    ])
    func whatIsBeyondTheSubsetIsNamedWithItsLine(source: String, line: Int, construct: String) throws {
        let error = try #require(throws: ChatTemplateError.self) {
            try ChatTemplate(source, source: "model/tokenizer_config.json")
                .rendered([ChatMessage(.user, "x")], addsGenerationPrompt: true)
        }
        #expect(error.line == line)
        #expect(error.problem == .unsupported(construct: construct))
        #expect("\(error)".contains("model/tokenizer_config.json"))
        #expect("\(error)".contains("--form plain"))
    }

    @Test(arguments: [
        "{{ x", "{% if x %}", "{% endif %}", "{% for x y %}{% endfor %}", "{# never ends", "{{ 'never ends }}", "{{ }}",
        "{{ x y }}", "{% break %}", "{{ a[ }}", "{{ a[] }}", "{{ a[1 2] }}", "{{ ! }}", "{{ x | }}", "{{ x is }}",
        "{% %}",
        "{{ 99999999999999999999 }}", "{% else %}", "{{ a. }}", "{{ f(, }}",
    ])
    func whatIsNoJinjaIsRefused(source: String) {
        #expect(throws: ChatTemplateError.self) { try ChatTemplate(source, source: "test") }
    }

    @Test func deepNestingAndEndlessWorkAreRefused() throws {
        for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("x if x else ", "")] {
            let nested = String(repeating: open, count: 5_000) + "1" + String(repeating: close, count: 5_000)
            #expect(throws: ChatTemplateError.self) { try ChatTemplate("{{ \(nested) }}", source: "test") }
        }
        let chain = "{{ 1" + String(repeating: " + 1", count: 5_000) + " }}"
        #expect(throws: ChatTemplateError.self) { try ChatTemplate(chain, source: "test") }
        let loops =
            String(repeating: "{% for a in 'abcdefghij' %}", count: 20) + "x"
            + String(repeating: "{% endfor %}", count: 20)
        let doubling =
            "{% set ns = namespace(x='ab') %}{% for a in 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' %}"
            + "{% set ns.x = ns.x + ns.x %}{% endfor %}"
        for source in [loops, doubling] {
            #expect(throws: ChatTemplateError.self) {
                try ChatTemplate(source, source: "test").rendered([], addsGenerationPrompt: false)
            }
        }
    }

    @Test func aRefusalOfTheTemplateIsPassedOn() throws {
        let error = try #require(throws: ChatTemplateError.self) {
            try ChatTemplate("\n{{ raise_exception('No turns.') }}", source: "test").rendered(
                [], addsGenerationPrompt: false)
        }
        #expect(error == ChatTemplateError(source: "test", line: 2, problem: .refused("No turns.")))
    }
}
