#!/usr/bin/env python3
"""Writes tokenizer-reference.json: texts of our own and the ids that Hugging Face's `tokenizers` makes of them.

    pip install tokenizers==0.23.3
    python make_tokenizer_fixture.py ~/.cache/quarry/models

The folder holds all-MiniLM-L6-v2/tokenizer.json and multilingual-e5-small/tokenizer.json.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer

WORDS = ("the harbour office keeps a list of boats and every captain signs it before noon while gulls argue over bread "
         "and the tide carries small letters nobody posted").split()

TEXTS = [
    "", " ", "  ", "\n", "\t\t", "a", "A", "the", "Hello, world!", "hello   world", " leading", "trailing ", " both ",
    "The lighthouse keeper's log: 14 March, wind NNW 7.", "unaffordability", "antidisestablishmentarianism",
    "Она нашла старый ключ под ковриком.", "Съешь ещё этих мягких булок", "ЁЛКА и ёжик", "й и й", "Йод, йод",
    "Кассовый разрыв в 2026 году — 3,5 млн ₽", "«Ёлочки» и „лапки“", "Привет, world! Это mixed текст.",
    "замо́к и за́мок", "Україна, ґанок, їжак", "Қазақ тілі", "Ђорђе и Љиљана",
    "今天天气很好。", "我们在图书馆读书, then home.", "東京タワーは高いです", "カタカナ ｶﾀｶﾅ ひらがな", "が と が", "ﾊﾟﾊﾞ",
    "한국어 문장입니다", "각 각", "가각힣", "龍龜𠮷𪜀", "豈更車", "㍿㌔㌘", "①②③ ⅣⅨ ½ ¾", "ﬁnd ﬂow ﬀ ﬃ",
    "مرحبا بالعالم", "السَّلَامُ عَلَيْكُمْ", "אבגד שָׁלוֹם", "สวัสดีครับ น้ำ", "नमस्ते दुनिया क्षत्रिय", "বাংলা ভাষা", "தமிழ் மொழி",
    "ქართული ენა", "Հայերեն լեզու", "ελληνικά ΣΊΣΥΦΟΣ ΐΰ", "Tiếng Việt rất đẹp", "Tiếng Việt", "İstanbul ıIiİ",
    "straße STRASSE ẞ", "naïve café déjà vu", "naïve café", "Å Å Å", "ñ ñ", "ǅ ǆ Ǆ", "ő ű ø ł đ",
    "😀", "😀😃 smile", "👨‍👩‍👧‍👦 family", "👍🏽 thumbs", "🇷🇺🇬🇧🇯🇵", "❤️ heart ❤", "☕️🥐", "🏳️‍🌈🏴‍☠️", "1️⃣2️⃣ #️⃣", "🧑🏿‍🚀 to 🌕",
    "e\u0301\u0302\u0303", "\u0301", "\u0301abc", "a\u0301b\u0300", "①\u0301", "ﬁ\u0301x", "\u0378", "x\u0378y",
    "\ue000", "a\ue123b", "\U000f0000", "\ufffd", "bad \ufffd\ufffd bytes", "\ufeffBOM first", "mid\ufeffBOM",
    "nul\x00inside", "\x00", "bell\x07 esc\x1b[0m", "\x01\x02\x03", "\x7f\x80\x9f", "vt\x0bff\x0cnel\x85end",
    "zero\u200bwidth\u200cjoin\u200der\u2060s", "soft\u00adhyphen", "rtl\u202eoverride\u202c", "a\u034fb",
    "no\u00a0break thin\u2009hair\u200aend", "ideographic\u3000space", "line\u2028sep para\u2029sep", "\u180emongol",
    "cr\rlf\nboth\r\nend", "\r\n\r\n", "tabs\tand\n\n\nlines", "  many     spaces    here  ", "▁ marks ▁▁ inside▁words",
    "https://example.org/a/b?c=d&e=%D1%84#frag", "user.name+tag@mail.example", "C:\\Users\\me\\file.txt",
    "/usr/local/bin:/usr/bin", "192.168.0.1 ::1 fe80::1", "2026-11-22T01:40:06Z", "+7 (495) 123-45-67", "1,234,567.89",
    "3.14159265358979", "0xDEADBEEF", "1e-12 ± 5%", "00000000000000000000", "v2.0.1-rc.3", "№ 5 §12 ¶ †",
    "func load(contentsOf url: URL) throws -> [Int32] { return [] }", "if (a != b && c <= d) { x++; }",
    "SELECT * FROM chunks WHERE id = 'x''y';", "camelCaseIdentifier snake_case_name kebab-case-name", "##prefix ## #",
    "$HOME ^caret `tick` ~tilde |pipe| <tag> a=b+c", "“quotes” ‘single’ … – — ―", "≠ ≤ ≥ ∑ √ ∞ ≮", "→ ⇒ ↔ ↮", "\u037e\u1fef\u0387",
    "<s>", "a<s>b", "</s> tail", "x <mask> y", "<unk><pad>", "＜s＞ ＜mask＞", "[CLS] text [SEP]", "[MASK]ing [UNK] [PAD]",
    "<s", "<<s>>", "[CLS", "CLS]", "[[SEP]]", "query: how tall is the tower", "passage: Башня стоит с 1889 года.",
    "a" * 100, "a" * 101, "x" * 130 + " short", "щ" * 105, "字" * 120, "ab" * 300, "-" * 70, "!?" * 40, "😀" * 30,
    "é" * 101, "e\u0301" * 101, "\u0378" * 7 + "a" + "\u0379" * 3, "qzxjkv wqxz", "Ωμέγα™ ®©", "ｆｕｌｌ　ｗｉｄｔｈ！",
    "ÀÉÎÕÜ àéîõü ĀĒĪŌŪ", "q\u0323\u0307 q\u0307\u0323", "\u1161\u11a8", "\u1100\u1161\u11a8", "क\u093c ख़", "\u0f73\u0f75",
    "\u0600abc", "\U0001d165\U0001d16e note", "\u302e\u302f한", "ꯍꯪ ꓺ", "\u16fe1 𝒜𝓫𝔠 𝟘𝟙", "꞉ꟺ Ꝛ", "𐌰𐍂 𐐀𐐨", "ᏣᎳᎩ ꭰ",
    " ".join(WORDS[i * 7 % len(WORDS)] for i in range(400)),
    " ".join(("слово", "字", "word", "😀,", "кот.")[i % 5] for i in range(600)),
    "Первая строка.\nSecond line, with numbers 42.\n\n第三行。\n\n\nالسطر الرابع\n",
]


def main(models):
    result = {"texts": TEXTS}
    for key, folder, maximum in (("wordPiece", "all-MiniLM-L6-v2", 256), ("unigram", "multilingual-e5-small", 512)):
        tokenizer = Tokenizer.from_file(str(models / folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(maximum)
        result[key] = [tokenizer.encode(text).ids for text in TEXTS]
        tokenizer.no_truncation()
        result[key + "Counts"] = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in TEXTS]
    path = pathlib.Path(__file__).with_name("tokenizer-reference.json")
    path.write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{len(TEXTS)} texts, {path.stat().st_size} bytes")


main(pathlib.Path(sys.argv[1]).expanduser())
