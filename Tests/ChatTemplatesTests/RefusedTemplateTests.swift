import Foundation
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
        #expect("\(error)".contains("ask without the template"))
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
            let nested = String(repeating: open, count: 1_000) + "1" + String(repeating: close, count: 1_000)
            #expect(throws: ChatTemplateError.self) { try ChatTemplate("{{ \(nested) }}", source: "test") }
        }
        let chain = "{{ 1" + String(repeating: " + 1", count: 1_000) + " }}"
        #expect(throws: ChatTemplateError.self) { try ChatTemplate(chain, source: "test") }
        let loops =
            String(repeating: "{% for a in 'abcdefghij' %}", count: 8) + "x"
            + String(repeating: "{% endfor %}", count: 8)
        let doubling =
            "{% set ns = namespace(x='ab') %}{% for a in 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' %}"
            + "{% set ns.x = ns.x + ns.x %}{% endfor %}"
        for source in [loops, doubling] {
            #expect(throws: ChatTemplateError.self) {
                try ChatTemplate(source, source: "test").rendered([], addsGenerationPrompt: false)
            }
        }
    }

    /// Whatever is done to a template, it is written or refused.
    @Test(arguments: ["smollm2", "qwen2.5", "qwen3", "gemma3"])
    func damagedTemplatesAreRefusedOrWritten(name: String) throws {
        let whole = try Array(
            String(contentsOf: Recordings.folder.appending(path: "\(name).jinja"), encoding: .utf8).unicodeScalars)
        let marks = Array("{}%#-'\"()[]|.,:=~\\\n 0ax".unicodeScalars)
        // The numbers of Knuth's MMIX generator, so that a failure comes again.
        var state: UInt64 = 1
        func random(below count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var written = 0
        for _ in 0..<150 {
            var damaged = whole
            for _ in 0...random(below: 3) {
                let place = random(below: damaged.count)
                switch random(below: 3) {
                case 0: damaged[place] = marks[random(below: marks.count)]
                case 1: damaged.insert(marks[random(below: marks.count)], at: place)
                default: damaged.removeSubrange(place..<min(damaged.count, place + 1 + random(below: 20)))
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: damaged)
            do throws(ChatTemplateError) {
                let chat = try ChatTemplate(String(text), source: name).rendered(
                    [ChatMessage(.user, "Hi"), ChatMessage(.assistant, "<think>x</think>y")], addsGenerationPrompt: true
                )
                #expect(chat.templateRanges.allSatisfy { $0.upperBound <= chat.text.utf8.count })
                written += 1
            } catch {
                #expect(error.description.contains("ask without the template"))
            }
        }
        #expect(written > 0 && written < 150)
    }

    @Test func aRefusalOfTheTemplateIsPassedOn() throws {
        let error = try #require(throws: ChatTemplateError.self) {
            try ChatTemplate("\n{{ raise_exception('No turns.') }}", source: "test").rendered(
                [], addsGenerationPrompt: false)
        }
        #expect(error == ChatTemplateError(source: "test", line: 2, problem: .refused("No turns.")))
    }
}
