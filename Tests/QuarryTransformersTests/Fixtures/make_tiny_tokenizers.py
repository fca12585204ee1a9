#!/usr/bin/env python3
"""Writes tiny-tokenizers.json: small tokenizers made by hand, texts, and the ids that Hugging Face's `tokenizers` gives.

    pip install tokenizers==0.23.3
    python make_tiny_tokenizers.py
"""
import base64
import json
import pathlib
import struct

from tokenizers import Tokenizer


def charsmap(rules):
    """A precompiled_charsmap of the rules: a double array in the layout of Darts-clone, then the replacements."""
    blob, trie = b"", {}
    for key, value in rules.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = len(blob)
        blob += value.encode() + b"\0"
    units, taken = {0: 0}, {0}

    def place(node, position):
        base = 1
        while any(base ^ label in taken for label in node):
            base += 1
        units[position] = units.get(position, 0) | (position ^ base) << 10 | (0x100 if 0 in node else 0)
        taken.update(base ^ label for label in node)
        for label, child in node.items():
            units[base ^ label] = child | 0x80000000 if label == 0 else label
        for label, child in node.items():
            if label:
                place(child, base ^ label)

    place(trie, 0)
    size = (max(units) | 0xFF) + 1
    array = b"".join(struct.pack("<I", units.get(i, 0)) for i in range(size))
    return base64.b64encode(struct.pack("<I", len(array)) + array + blob).decode()


def token(id, content, special=True, normalized=False, lstrip=False, rstrip=False):
    return {"id": id, "content": content, "single_word": False, "lstrip": lstrip, "rstrip": rstrip,
            "normalized": normalized, "special": special}


def file(model, normalizer=None, pre_tokenizer=None, post_processor=None, added=()):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": list(added),
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor,
            "decoder": None, "model": model}


def template(first, first_id, last, last_id):
    special = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    return {"type": "TemplateProcessing",
            "single": [special(first), {"Sequence": {"id": "A", "type_id": 0}}, special(last)],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {first: {"id": first, "ids": [first_id], "tokens": [first]},
                               last: {"id": last, "ids": [last_id], "tokens": [last]}}}


WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "sea", "##side", "##s", "cafe", "Cafe", "##é", "café", "кот", "##ы", "Кот",
         "海", "岸", "!", ",", "#", "s", "##e", "##a", "и", "й", "##й", "1", "##2", "[", "]", "cls", "##side!"]
WORD_TOKENS = [token(0, "[PAD]"), token(1, "[UNK]"), token(2, "[CLS]"), token(3, "[SEP]")]
WORD_MODEL = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 9, "vocab": {word: i for i, word in enumerate(WORDS)}}
PIECES = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581", -3.1], ["\u2581sea", -6.5],
          ["side", -7.25], ["\u2581seaside", -14.5], ["s", -4.0], ["e", -4.1], ["a", -4.2], ["i", -4.3], ["d", -4.4],
          ["se", -7.0], ["ea", -8.0], ["\u2581k", -8.2], ["fi", -8.3], ["é", -9.0], ["1", -9.1], ["c", -5.0],
          ["\u2581кот", -9.5], ["ы", -6.0], ["кот", -9.9], ["海", -8.8], ["海岸", -9.9], ["\u2581\u2581", -9.0],
          ["\u2581s", -5.5], ["!", -6.0], ["f", -7.0], ["\u2581cafe", -9.9], ["<mask>", 0.0]]
PIECE_TOKENS = [token(0, "<s>"), token(1, "<pad>"), token(2, "</s>"), token(3, "<unk>"), token(30, "<mask>", lstrip=True)]
PIECE_MODEL = {"type": "Unigram", "unk_id": 3, "vocab": PIECES}
BERT = {"type": "BertPreTokenizer"}
MAP = charsmap({"\t": " ", "\n": " ", "\r": " ", "\u3000": " ", "\u200b": "", "①": "1", "ﬁ": "fi", "e\u0301": "é",
                "\ufb01\u0301": "never", "\u0001": "", "㌔": "kilo"})


def bert(lowercase=True, strip=None, chinese=True, clean=True):
    return {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": strip,
            "lowercase": lowercase}


def metaspace(**keys):
    return {"type": "Metaspace", "replacement": "\u2581", **keys}


def sequence(*steps):
    return {"type": "Sequence", "normalizers": list(steps)}


SPACES = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
CASES = {
    "WordPiece, lower case": file(WORD_MODEL, bert(), BERT, template("[CLS]", 2, "[SEP]", 3), WORD_TOKENS),
    "WordPiece, cased": file(WORD_MODEL, bert(lowercase=False), BERT,
                             {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, WORD_TOKENS),
    "WordPiece, accents kept, no Chinese spacing": file(WORD_MODEL, bert(strip=False, chinese=False, clean=False), BERT,
                                                        None, WORD_TOKENS),
    "WordPiece, separate normalizers": file(
        WORD_MODEL, sequence({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}), BERT, None,
        WORD_TOKENS + [token(31, "Sea Side", special=False, normalized=True)]),
    "Unigram, XLM-R": file(PIECE_MODEL, sequence({"type": "Precompiled", "precompiled_charsmap": MAP}, SPACES),
                           metaspace(add_prefix_space=True), template("<s>", 0, "</s>", 2), PIECE_TOKENS),
    "Unigram, prefix first": file(
        PIECE_MODEL, sequence({"type": "Precompiled", "precompiled_charsmap": MAP},
                              {"type": "Strip", "strip_left": False, "strip_right": True},
                              {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}),
        metaspace(prepend_scheme="first", split=True), template("<s>", 0, "</s>", 2), PIECE_TOKENS),
    "Unigram, prefix never, not split": file(
        PIECE_MODEL, {"type": "NFKC"}, metaspace(prepend_scheme="never", split=False),
        {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
         "add_prefix_space": False}, PIECE_TOKENS),
    "Unigram, split at white space": file(
        PIECE_MODEL, sequence({"type": "NFC"}, {"type": "Replace", "pattern": {"String": "oo"}, "content": "sea"}),
        {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace(add_prefix_space=True)]},
        template("<s>", 0, "</s>", 2),
        PIECE_TOKENS + [token(31, "[x]", special=False, rstrip=True), token(32, "[x]y", special=False)]),
}
TEXTS = ["", " ", "seaside", "SEASIDE!", "sea side", "  sea  \t side \n", "Café cafe\u0301 CAFÉ", "коты Коты кот", "海岸海", "seasideseaside",
         "сеа", "й и\u0306", "sea[SEP]side", "[CLS", "<s>sea</s>", "side <mask> sea", "sea<mask>side", "①㌔ ﬁ ﬁ\u0301",
         "e\u0301e\u0301\u0302", "a\u200bb", "\u0001", "sea\u0000side", "qq sea qq", "q<unk>q", "\u2581sea", "sea\u3000side",
         "12#!,", "sea\r\nside", "Sea Side SEA SIDE sea  side", "foo boo o", "[x]  sea[x]y [x", "ffi fi", "👍🏽sea", "\ufeffsea"]

result = []
for name, definition in CASES.items():
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    result.append({"name": name, "file": json.dumps(definition, ensure_ascii=False, separators=(",", ":")),
                   "ids": [tokenizer.encode(text).ids for text in TEXTS],
                   "counts": [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in TEXTS]})
path = pathlib.Path(__file__).with_name("tiny-tokenizers.json")
path.write_text(json.dumps({"texts": TEXTS, "cases": result}, ensure_ascii=True, separators=(",", ":")) + "\n")
print(f"{len(CASES)} tokenizers, {len(TEXTS)} texts, {path.stat().st_size} bytes")
