#!/usr/bin/env python3
"""Writes heads/: tiny models with random weights and a head, and what Hugging Face's `transformers` computes with them.

    pip install torch==1.13.1 transformers==4.36.2 'numpy<2'
    python make_head_models.py

Each folder is a model in the Hugging Face layout. heads/reference.json has, for each model, pairs of texts with their
ids, token types and logits. For the models that answer questions it has passages in pieces, with the margin of each piece:
the best span (at most 30 tokens) that begins in it, minus the lowest null score of the passage's windows, as in
run_squad.py for SQuAD 2.
"""
import json
import pathlib
import shutil

import torch
import transformers

WORDS = "river stone paper light winter garden a the who where ? . old mill stands by bridge north of town ##s ##ing un".split()
FOLDER = pathlib.Path(__file__).parent / "heads"
PAIRS = [
    ["where stands the old mill ?", "the old mill stands by the river . north of the bridge"],
    ["river", "stone"],
    ["", "a garden"],
    ["a the " * 20, "winter light " * 15],
    ["who", "the garden of the town " * 12],
    ["garden paper " * 15, "unheard words"],
    ["where", "rivers unlight"],
]
QUESTIONS = [
    ["where stands the mill ?", ["the old mill stands by the river .", " a garden of stone .", " north of the bridge"]],
    ["who", ["winter light . "] + ["the garden of the town , paper . "] * 9 + ["old stone"]],
]


def special(id, content):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": True}


def template(first, last, ids, middle, second):
    token = lambda name, type_id=0: {"SpecialToken": {"id": name, "type_id": type_id}}
    text = lambda name, type_id=0: {"Sequence": {"id": name, "type_id": type_id}}
    return {"type": "TemplateProcessing", "single": [token(first), text("A"), token(last)],
            "pair": [token(first), text("A")] + [token(last)] * middle + [text("B", second), token(last, second)],
            "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in (first, last)}}


def bert_tokenizer():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS
    ids = {word: id for id, word in enumerate(words)}
    return words, {"version": "1.0", "truncation": None, "padding": None,
                   "added_tokens": [special(id, words[id]) for id in range(5)],
                   "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                                  "strip_accents": None, "lowercase": True},
                   "pre_tokenizer": {"type": "BertPreTokenizer"},
                   "post_processor": template("[CLS]", "[SEP]", ids, 1, 1), "decoder": None,
                   "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                             "max_input_chars_per_word": 100, "vocab": ids}}


def roberta_tokenizer():
    words = ["<s>", "<pad>", "</s>", "<unk>"] + ["▁" + word.strip("#") for word in WORDS] + ["s", "ing", "▁"]
    ids = {word: id for id, word in enumerate(words)}
    return words, {"version": "1.0", "truncation": None, "padding": None,
                   "added_tokens": [special(id, words[id]) for id in range(4)], "normalizer": None,
                   "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                       {"type": "WhitespaceSplit"},
                       {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True, "prepend_scheme": "always"}]},
                   "post_processor": template("<s>", "</s>", ids, 2, 0), "decoder": None,
                   "model": {"type": "Unigram", "unk_id": 3,
                             "vocab": [[word, -2.0 - id / 10] for id, word in enumerate(words)]}}


def shape(family, words):
    shape = dict(vocab_size=len(words), hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
                 initializer_range=0.4, layer_norm_eps=1e-5)
    if family == "bert":
        return transformers.BertConfig(**shape, max_position_embeddings=40, type_vocab_size=2)
    return transformers.XLMRobertaConfig(**shape, max_position_embeddings=42, type_vocab_size=1, pad_token_id=1,
                                         bos_token_id=0, eos_token_id=2)


def margins(model, tokenizer, question, pieces):
    """The margin of each piece of a passage."""
    ids, piece_of = [], []
    for number, piece in enumerate(pieces):
        new = tokenizer(piece, add_special_tokens=False)["input_ids"]
        ids += new
        piece_of += [number] * len(new)
    asked = tokenizer(question, add_special_tokens=False)["input_ids"][:64]
    window = min(40, 384) - (3 if tokenizer.is_bert else 4) - len(asked)
    overlap = min(128, window // 2)
    best, null, first = [-1e30] * len(pieces), 1e30, 0
    while True:
        part = ids[first:first + window]
        text = ([2] + asked + [3] + part + [3]) if tokenizer.is_bert else ([0] + asked + [2, 2] + part + [2])
        start_of_part = len(text) - len(part) - 1
        types = [int(tokenizer.is_bert and place >= start_of_part) for place in range(len(text))]
        with torch.no_grad():
            out = model(torch.tensor([text]), token_type_ids=torch.tensor([types]))
        starts, ends = out.start_logits[0].double(), out.end_logits[0].double()
        null = min(null, float(starts[0] + ends[0]))
        for place in range(len(part)):
            begin = start_of_part + place
            last = min(begin + 30, start_of_part + len(part))
            score = float(starts[begin] + ends[begin:last].max())
            number = piece_of[first + place]
            best[number] = max(best[number], score)
        if first + window >= len(ids):
            return [score - null for score in best]
        first += window - overlap


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    torch.manual_seed(11)
    reference = {}
    for family in ("bert", "xlm-roberta"):
        words, file = bert_tokenizer() if family == "bert" else roberta_tokenizer()
        prefix = "Bert" if family == "bert" else "XLMRoberta"
        for head, labels in (("reranker", ["LABEL_0"]), ("entailment", ["contradiction", "entailment", "neutral"]),
                             ("answers", None)):
            config = shape(family, words)
            if labels:
                config.id2label = dict(enumerate(labels))
                config.label2id = {label: id for id, label in enumerate(labels)}
            if head == "reranker" and family == "bert":
                config.sentence_transformers = {"activation_fn": "torch.nn.modules.linear.Identity"}
            kind = "ForSequenceClassification" if labels else "ForQuestionAnswering"
            model = getattr(transformers, prefix + kind)(config).eval()
            for name, values in model.named_parameters():
                if name.endswith("bias"):
                    torch.nn.init.normal_(values, std=0.4)
            folder = FOLDER / f"{family}-{head}"
            model.save_pretrained(folder, safe_serialization=True)
            (folder / "tokenizer.json").write_text(json.dumps(file, ensure_ascii=False))
            tokenizer = transformers.PreTrainedTokenizerFast(
                tokenizer_file=str(folder / "tokenizer.json"), model_max_length=40)
            tokenizer.is_bert = family == "bert"
            record = reference[f"{family}-{head}"] = {}
            if not labels:
                record["margins"] = [margins(model, tokenizer, question, pieces) for question, pieces in QUESTIONS]
                continue
            record["ids"], record["types"], record["logits"] = [], [], []
            for first, second in PAIRS:
                input = tokenizer(first, second, truncation="longest_first", return_token_type_ids=True)
                ids, types = input["input_ids"], input["token_type_ids"]
                with torch.no_grad():
                    logits = model(torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits[0]
                record["ids"].append(ids)
                record["types"].append(types)
                record["logits"].append(logits.tolist())
    (FOLDER / "reference.json").write_text(
        json.dumps({"pairs": PAIRS, "questions": QUESTIONS, "models": reference}, ensure_ascii=False))


main()
