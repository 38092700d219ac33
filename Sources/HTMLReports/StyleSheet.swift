/// The look of a page: light or dark as the reader's system is, light on paper.
///
/// The series' colors are those of Okabe and Ito (2008), which color-blind people can tell apart, made darker or lighter
/// where they would be faint on the page's ground.
enum StyleSheet {
    static let seriesColors = 6
    /// Shades are steps of one color over the ground, the strongest faint enough for letters on it.
    static let shades = 16

    /// Free of characters that XML reads as markup.
    static let markup: Markup = "\(base)\n\(shadeRules)\n\(seriesRules)"

    private static let shadeRules = Markup(
        joining: (0..<shades).map { shade in
            let opacity = Decimals.text(0.04 + 0.6 * Double(shade) / Double(shades - 1), places: 2)
            return
                ".shade-\(shade) { background: rgb(var(--shade) / \(opacity)); fill: rgb(var(--shade) / \(opacity)) }"
        })

    private static let seriesRules = Markup(
        joining: (0..<seriesColors).map { ".series-\($0) { --series: var(--series-\($0)) }" })

    private static let base: Markup = """
        :root {
          color-scheme: light dark;
          --ink: #1c2127; --muted: #59636e; --rule: #d5dbe1; --ground: #ffffff; --panel: #f5f7f9; --shade: 20 110 190;
          --right: #00734f; --wrong: #b03a00; --faint: .45;
          --series-0: #0072b2; --series-1: #d55e00; --series-2: #008a66; --series-3: #b3589a; --series-4: #b07d00;
          --series-5: #3d9bd1;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --ink: #e4e8ec; --muted: #9aa5b1; --rule: #363e47; --ground: #14181c; --panel: #1b2026; --shade: 70 150 230;
            --right: #3fcf9f; --wrong: #f5925a; --faint: .6;
            --series-0: #55aeea; --series-1: #f28a45; --series-2: #2fc79a; --series-3: #e39cc8; --series-4: #e5b63a;
            --series-5: #a5dcfa;
          }
        }
        * { box-sizing: border-box }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
        main { max-width: 1180px; margin: 0 auto; padding: 1.5rem 1rem 4rem }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere }
        h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--rule) }
        h3 { font-size: 1rem; margin: 1.75rem 0 .5rem }
        p { margin: .5rem 0; max-width: 48rem; overflow-wrap: anywhere }
        .note { color: var(--muted); font-size: .875rem }
        .figures { display: grid; gap: 1.5rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)) }
        .figures { margin: 1rem 0 }
        .figures figure { max-width: 37rem }
        .beside { display: grid; gap: .5rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)) }
        .beside > * { min-width: 0 }
        figure { margin: 0; min-width: 0; break-inside: avoid }
        figcaption { font-weight: 600; font-size: .95rem }
        svg { display: block; width: 100%; height: auto }
        svg text { font: 11px system-ui, sans-serif; fill: var(--muted) }
        svg .value { fill: var(--ink) }
        .grid { stroke: var(--rule); stroke-width: 1; vector-effect: non-scaling-stroke }
        .stretch { fill: var(--panel) }
        .plain { fill: transparent }
        .line { fill: none; stroke: var(--series); stroke-width: 1.75; stroke-linejoin: round; vector-effect: non-scaling-stroke }
        .faint { stroke-width: 1; opacity: var(--faint) }
        .dashed { stroke-dasharray: 5 3 }
        .point { fill: var(--series) }
        .interval { stroke: var(--series); stroke-width: 1.25; vector-effect: non-scaling-stroke }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .2rem 0; padding: 0;
          font-size: .85rem; color: var(--muted) }
        .legend svg { display: inline-block; width: 1.5rem; height: .6rem; margin-right: .35rem }
        .legend li { min-width: 0; overflow-wrap: anywhere }
        .scroll { overflow-x: auto; margin: .5rem 0 }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
        th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule) }
        th { font-weight: 400 }
        .properties th { font-weight: 600; white-space: nowrap }
        .properties td { overflow-wrap: anywhere }
        thead th { font-weight: 600; color: var(--muted); font-size: .85rem; vertical-align: bottom }
        .number { text-align: right; white-space: nowrap }
        .right { color: var(--right) }
        .wrong { color: var(--wrong) }
        details { margin: 1rem 0 }
        summary { cursor: pointer }
        pre { background: var(--panel); padding: .75rem 1rem; overflow-x: auto; font: .8rem/1.45 ui-monospace, monospace }
        .shaded { margin: .5rem 0; padding: 0; list-style: none; max-width: 60rem }
        .shaded li { margin: .2rem 0; overflow-wrap: anywhere }
        .shaded span { padding: .1em 0; white-space: pre-wrap; border-radius: 2px }
        .scale { white-space: nowrap }
        .scale span { display: inline-block; vertical-align: -.15em; width: .6rem; height: 1em }
        @media (max-width: 40rem) {
          svg text { font-size: 14.5px }
          main { padding-top: 1rem }
        }
        @media print {
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
          body { font-size: 11pt }
          main { max-width: none; padding: 0 }
          .figures { grid-template-columns: 1fr 1fr; gap: 1rem }
          h2, h3 { break-after: avoid }
          .scroll, pre { overflow: visible }
          pre { white-space: pre-wrap }
        }
        """
}

/// Steps of one color, from hardly visible to strong; letters on any of them stay readable.
enum Shade {
    /// The style sheet's class for a position from 0 to 1; positions beyond, and none, count as the nearer end.
    static func className(_ position: Double) -> String {
        let position = position.isNaN ? 0 : min(max(position, 0), 1)
        return "shade-\(Int((position * Double(StyleSheet.shades - 1)).rounded()))"
    }
}
