"""The texts that record.py trains on and encodes."""
import random

WORDS = """the a of and to in is was for on with as it that by from at this are be have not which their one all would
there people where when who more out so what up said about than into them can only other time new some could
these two may then first any like my now over such our man even most made after also did many off before
must well back through years much way down should because long each just state those people too world good
never here under between tokenizer merges words return function import class self value index count string
array struct let var guard else while print Mary John went kitchen garden hallway office bathroom picked
dropped apple football milk travelled moved journeyed""".split()

SENTENCES = [
    "Mary went to the kitchen. John picked up the football there; where's the milk?",
    "I'll say it's Zoë's café, they've no idea, we'd rather not, you're right, I'm sure, he can't.",
    "I'LL SAY IT'S ZOË'S CAFÉ, THEY'VE NO IDEA, WE'D RATHER NOT, YOU'RE RIGHT, I'M SURE.",
    "In 1984, 3.14159 was 22/7; by 2024-11-05 it cost $1,234,567.89 (about 12%).",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.", "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.", "いろはにほへと ちりぬるを、東京は日本の首都です。", "我能吞下玻璃而不伤身体。北京是中国的首都。",
    "나는 유리를 먹을 수 있어요. 서울은 대한민국의 수도이다.", "मैं काँच खा सकता हूँ और मुझे उससे कोई चोट नहीं पहुंचती।",
    "أنا قادر على أكل الزجاج و هذا لا يؤلمني.", "אני יכול לאכול זכוכית וזה לא מזיק לי.",
    "ฉันกินกระจกได้ แต่มันไม่ทำให้ฉันเจ็บ", "Tôi có thể ăn thủy tinh mà không hại gì.",
    "Ég get etið gler án þess að meiða mig.", "Ich heiße Jürgen, 5 Straßen weiter.",
    "func add(_ a: Int, _ b: Int) -> Int {\n    return a + b // sum\n}\n\n\tlet x = [1, 22, 333]\n",
    "def f(x):\n    if x is None:\n        return {}\n    return {k: v for k, v in x.items()}\n",
    "<html>\r\n  <body class=\"main\">&nbsp;</body>\r\n</html>\r\n",
    "SELECT * FROM users WHERE id >= 10 AND name != 'x';",
    "https://example.org/a/b?c=d&e=f#g user@example.org C:\\dir\\file.txt",
    "E = mc² ≈ ½·10³ ∑∫√ ≤≥≠ →⇒ ★☆ ♥ © ® ™ € £ ¥ § ¶", "👍🏽 👩‍👩‍👧‍👦 🇳🇴🇯🇵 🏳️‍🌈 ☃️ 1️⃣ 🤷🏿‍♀️",
]

EDGES = [
    "", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n\n", " \n", "\n ", " \n ", "  \n  \n  x", "a \n b",
    "a\n\n  b", "a  ", "  a", "a   b", "a\r\nb\rc\n\rd", "x \r\n\t y", "\r", "\r\r\n\n\r", "!\n", "!\r\n\r\n",
    " !\n\n!", "...\n\n...", "a!\n b", ")\r\n(", "\n!", "\n a", "\t\ta", "\u00a0", "a\u00a0b", "a \u00a0b",
    "a\u00a0 b", "\u00a0\u00a0a", "a\u0085b", "\u0085\n\u0085a", "a\u200bb", " \u200b ", "a\u3000b",
    "\u3000\u3000a", "\u3000 a", " \u3000a", "\u2028a\u2029\n", "a\u2003\u2009b", "\u180ea", "\ufeffa",
    "\u2060 a", "\u1680a\u205f", "\x00", "\x00\x01\x02\x03\x04\x05\x06\x07\x08", "\x0b\x0c", "a\x0bb",
    "\x1c\x1d\x1e\x1fa", "a\x7fb", "\x80\x9f", "\x13\x14\x16 x", "0", "10", "1 2", " 1", "  1", "1a", "a1",
    "12345678901234567890", "1,234.5", "a 12 b", "x=10;y=200", "٣٤٥", "१२३", "½¾", "ⅣⅫ", "①②", "一二三", "𝟘𝟙𝟚",
    "🄌", "x²", "1\n2", "1 \n 2", "1  2", "１２", "\U00011de0\U00011de1", "\U00016ff4", "\U00010d40", "'s", "'S",
    "'t 're 've 'm 'll 'd", "'T 'RE 'VE 'M 'LL 'D", "'Re 'rE 'lL", "don't", "DON'T", "'sa", "'SA", "'ſ", "'ſx",
    "a'ſb", "'K", "''s", "' s", " 's", "'", "''", "'r", "'l", "'v", "'lx", "'re", "’s", "it’s", "'s's", "\n's",
    "x 'll", "ı'İ", "'ß", "'ŉ", "'1", "'ll'LL", "e\u0301", "é", "e\u0301e\u0301", "a\u0323\u0307",
    "a\u0307\u0323", "\u0301", " \u0301a", "\u1100\u1161\u11a8", "각", "\u212b", "\u2126x", "\u212a",
    "q\u0315\u0f73", "q\u0f81\u0316", "\u0344", "\u0958", "\ufb1d", "\u2adc", "\U0001d15e", "ﬁ", "ﷺ",
    "\uac00\u11a8", "\u0b47\u0b56", "a\u0897\u0316", "a\u1abf\u0301\u0316", "\U000105d2\u0307",
    "\U000113c2\U000113b8", "\U00016d63\U00016d67", "\U00011935\U00011930", "o\u0302\u0301", "\u1ed1", "ǆ",
    "ſ\u0307", "\u1e9b\u0323", "\U0002f800", "\ufa10", "\uff76\uff9e", "か\u3099", "\u0374", "\u037e",
    "\U000323b0", "\U00010940", "\u1c89", "\ua7ce", "\U0001fae9", "\U00040000", "\U000e0001", "\U0010ffff",
    "\uffff", "\ufffd", "\ue000", "\U000f0000", "_", "__init__", "a_b", "a-b", "--", "=>", "->", "a+b",
    "#!/bin/sh", "$x", "`x`", "\\n", "\"a\"", "{}[]()", "!!!", " !!!", "! !", "?a", " ?a", "a?",
    "CamelCaseWord", "snake_case_word", "SCREAMING", "ǅ", "ªº", "ʰ", "ℵ", "ⓐ", "〇", "ㄱ", "ꙮ", "𐍈", "𝔘𝔫𝔦",
    "カタカナ", "ｱ", "ไทย", "ក្ខ", "မြန်မာ", "a" * 60, "ab" * 40, " " * 70, "\n" * 60, "!" * 70, "é" * 50, "1" * 60,
    "aaaaaaab" * 12, "the " * 20, "thethethe" * 10,
]

PIECES = EDGES[1:] + WORDS + [" ", "  ", "\n", "\r\n", "\t", "'", ".", ",", "<", ">", "|"]


def corpus() -> list[str]:
    """Reproducible text: sentences of the words above among the sentences above."""
    source = random.Random(1)
    lines = []
    for _ in range(3000):
        words = [source.choice(WORDS) for _ in range(source.randint(3, 12))]
        line_end = source.choice(["", "\n", f" {source.randint(0, 9999)}\n"])
        lines.append(" ".join(words).capitalize() + source.choice(".?!;") + line_end)
    return lines + SENTENCES * 8


def character(source: random.Random) -> str:
    """Any character, with those of the first plane as likely as all others, and the first 256 as likely again."""
    while True:
        code = source.randrange(source.choice([0x80, 0x100, 0x3000, 0x10000, 0x20000, 0x110000]))
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def strings(count: int, special: list[str], seed: int) -> list[str]:
    """Random texts of words, edge cases, special tokens and characters."""
    source = random.Random(seed)
    kinds = [
        lambda: source.choice(WORDS), lambda: source.choice(PIECES), lambda: source.choice(special),
        lambda: character(source), lambda: source.choice(SENTENCES),
        lambda: source.choice([" ", "\n", "  ", "\t", "'"]),
        lambda: character(source) * source.randint(2, 5), lambda: chr(source.randrange(0x300, 0x370)),
        lambda: "".join(source.choice(" \n\r\t\u00a0\u3000") for _ in range(source.randint(1, 6))),
        lambda: str(source.randrange(10 ** source.randint(1, 12))),
    ]
    weights = [6, 6, 1, 6, 1, 6, 1, 2, 2, 2]
    return [
        "".join(kind() for kind in source.choices(kinds, weights, k=source.randint(1, 20))) for _ in range(count)]
