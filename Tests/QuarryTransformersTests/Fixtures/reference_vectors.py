"""Makes the reference vectors that the tests compare with, by an implementation that shares nothing with Quarry.

    python3 reference_vectors.py MODELS

MODELS holds all-MiniLM-L6-v2/ (tokenizer.json, model.safetensors) and multilingual-e5-small/ (e5-small-q4.bin, and the
model's own tokenizer.json). Needs numpy and the `tokenizers` package. Every step of the encoder is done in float64,
one text at a time.

Reads texts-minilm.jsonl and texts-e5.jsonl, one JSON string a line, and writes for each a .f16 file: rows of 384
little-endian half-precision numbers (which costs less than 1e-6 of cosine), and an .ids.jsonl file: the token ids.
MiniLM: WordPiece, at most 256 tokens, mean, L2. E5: `passage: ` before even lines (from 0), `query: ` before odd ones,
at most 512 tokens, mean, L2.
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

HERE = Path(__file__).parent
ERF = np.vectorize(math.erf, otypes=[np.float64])


def layer_norm(x, weight, bias, epsilon):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * weight + bias


def encode(ids, model):
    """(tokens,) -> unit vector; `model` is a dictionary of float64 arrays and numbers."""
    heads, epsilon = model["heads"], model["epsilon"]
    x = model["word"](ids) + model["position"][: len(ids)] + model["type"][0]
    x = layer_norm(x, *model["norm"], epsilon)
    for layer in model["layers"]:
        def dense(name, y):
            weight, bias = layer[name]
            return y @ weight.T + bias

        query, key, value = (
            dense(name, x).reshape(len(ids), heads, -1).transpose(1, 0, 2) for name in ("q", "k", "v"))
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        context = (scores @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        x = layer_norm(x + dense("ao", context), *layer["aln"], epsilon)
        wide = dense("fi", x)
        wide = 0.5 * wide * (1 + ERF(wide / math.sqrt(2)))
        x = layer_norm(x + dense("fo", wide), *layer["oln"], epsilon)
    vector = x.mean(axis=0)
    return vector / np.sqrt((vector**2).sum())


def minilm(path):
    data = path.read_bytes()
    length = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8 : 8 + length])

    def tensor(name):
        entry = header[name]
        assert entry["dtype"] == "F32"
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], dtype="<f4")
        return values.reshape(entry["shape"]).astype(np.float64)

    def pair(name):
        return tensor(f"{name}.weight"), tensor(f"{name}.bias")

    word = tensor("embeddings.word_embeddings.weight")
    layers = []
    for index in range(6):
        name = f"encoder.layer.{index}"
        layers.append({
            "q": pair(f"{name}.attention.self.query"), "k": pair(f"{name}.attention.self.key"),
            "v": pair(f"{name}.attention.self.value"), "ao": pair(f"{name}.attention.output.dense"),
            "aln": pair(f"{name}.attention.output.LayerNorm"), "fi": pair(f"{name}.intermediate.dense"),
            "fo": pair(f"{name}.output.dense"), "oln": pair(f"{name}.output.LayerNorm")})
    return {
        "heads": 12, "epsilon": 1e-12, "word": lambda ids: word[ids], "layers": layers,
        "position": tensor("embeddings.position_embeddings.weight"),
        "type": tensor("embeddings.token_type_embeddings.weight"), "norm": pair("embeddings.LayerNorm")}


def e5(path):
    data = path.read_bytes()
    assert data[:4] == b"E5S1"
    version, hidden, layer_count, heads, wide, vocabulary, positions, types = struct.unpack_from("<I7i", data, 4)
    epsilon, block = struct.unpack_from("<fi", data, 36)
    assert (version, block) == (1, 32)
    offset = 44
    pieces = struct.unpack_from("<i", data, offset)[0]
    offset += 20
    blob = struct.unpack_from("<Q", data, offset)[0]
    offset += 8 + 4 * (pieces + 1) + 4 * pieces + blob
    _, normalizer = struct.unpack_from("<iI", data, offset)
    offset += 8 + normalizer
    count = struct.unpack_from("<i", data, offset)[0]
    offset += 4
    directory = {}
    for _ in range(count):
        length = struct.unpack_from("<H", data, offset)[0]
        name = data[offset + 2 : offset + 2 + length].decode()
        offset += 2 + length
        directory[name] = struct.unpack_from("<BIQQ", data, offset)
        offset += 21

    def widen(raw):
        blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 18)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float64)
        low, high = (blocks[:, 2:] & 15).astype(np.float64), (blocks[:, 2:] >> 4).astype(np.float64)
        return ((np.concatenate([low, high], axis=1) - 8) * scale).reshape(-1)

    def tensor(name, *shape):
        kind, _, begin, size = directory[name]
        raw = data[begin : begin + size]
        values = widen(raw) if kind == 1 else np.frombuffer(raw, dtype="<f4").astype(np.float64)
        return values.reshape(shape)

    def word(ids):
        kind, _, begin, size = directory["emb.word"]
        row = size // vocabulary
        assert kind == 1
        return np.stack([widen(data[begin + i * row : begin + (i + 1) * row]) for i in ids])

    def dense(name, outputs, inputs):
        return tensor(f"{name}.w", outputs, inputs), tensor(f"{name}.b", outputs)

    def norm(name):
        return tensor(f"{name}.w", hidden), tensor(f"{name}.b", hidden)

    layers = []
    for index in range(layer_count):
        layer = {name: dense(f"l{index}.{name}", hidden, hidden) for name in ("q", "k", "v", "ao")}
        layer |= {name: norm(f"l{index}.{name}") for name in ("aln", "oln")}
        layer |= {"fi": dense(f"l{index}.fi", wide, hidden), "fo": dense(f"l{index}.fo", hidden, wide)}
        layers.append(layer)
    return {
        "heads": heads, "epsilon": epsilon, "word": word, "layers": layers,
        "position": tensor("emb.pos", positions, hidden), "type": tensor("emb.type", types, hidden),
        "norm": norm("emb.ln")}


def write(name, model, tokenizer, maximum, prefixes):
    tokenizer.no_padding()
    tokenizer.enable_truncation(maximum)
    texts = [json.loads(line) for line in (HERE / f"texts-{name}.jsonl").read_text().splitlines()]
    ids = [tokenizer.encode(prefixes[i % 2] + text).ids for i, text in enumerate(texts)]
    vectors = np.stack([encode(row, model) for row in ids])
    vectors.astype("<f2").tofile(HERE / f"vectors-{name}.f16")
    lines = [json.dumps(row, separators=(",", ":")) for row in ids]
    (HERE / f"texts-{name}.ids.jsonl").write_text("\n".join(lines) + "\n")
    print(name, vectors.shape, "tokens", sum(map(len, ids)), "longest", max(map(len, ids)))


if __name__ == "__main__":
    models = Path(sys.argv[1])
    folder = models / "all-MiniLM-L6-v2"
    write("minilm", minilm(folder / "model.safetensors"), Tokenizer.from_file(str(folder / "tokenizer.json")), 256,
          ("", ""))
    folder = models / "multilingual-e5-small"
    write("e5", e5(folder / "e5-small-q4.bin"), Tokenizer.from_file(str(folder / "tokenizer.json")), 512,
          ("passage: ", "query: "))
