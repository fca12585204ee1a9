#!/usr/bin/env python3
"""Quarry's engines beside their peers, taking turns in one tree of processes.

usage: compare.py embedding --runner PeerRunner --model FOLDER --onnx model_fused.onnx [--texts FILE.jsonl]
       compare.py bm25 --runner PeerRunner [--peer bm25s|tantivy] [--backend numba]
       compare.py vectors --runner PeerRunner [--peer faiss-flat|faiss-fastscan|numpy] [--search codes|exact|batch]
       compare.py chunking --runner PeerRunner --files FILE... [--model FOLDER] [--peers NAME,...]
       compare.py client --runner PeerRunner [--batch 64] [--concurrency 4] [--encoding float]

    swift build -c release --product PeerRunner          in Benchmarks/
    pip install -r Peers/requirements.txt                in an environment of its own
    Peers/export_onnx.py MODEL-FOLDER ONNX-FOLDER        once; needs torch and transformers too

Both sides get the same input and one thread. After a warm-up they take turns, ours, theirs, ours, theirs, and every
pair gives one ratio: theirs divided by ours, so that above 1 we are faster. On a machine with other work the medians
of these ratios say more than any time; the one by processor time says most. Results are compared as well.
"""
import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Before numpy is imported, and handed down to the runner.
os.environ.pop("OPENBLAS_CORETYPE", None)
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]


class Runner:
    """Our side: a process that works when told to."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [str(a) for a in arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.core = self.answer().get("blasCore")

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"The runner ended with status {self.process.wait()}.")
        return json.loads(line)

    def order(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def run(self):
        return self.order("run")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measured(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def alternate(ours, theirs, rounds, units, unit):
    """Warms both up once, then measures them in turn."""
    ours(), theirs()
    pairs = []
    for number in range(rounds):
        pair = ours(), theirs()
        pairs.append(pair)
        print(f"round {number + 1}: ours {pair[0]['wall']:.3f} s ({pair[0]['cpu']:.3f} cpu), "
              f"theirs {pair[1]['wall']:.3f} s ({pair[1]['cpu']:.3f} cpu), "
              f"ratio {pair[1]['wall'] / pair[0]['wall']:.3f} ({pair[1]['cpu'] / pair[0]['cpu']:.3f} cpu)", flush=True)
    for clock in ("wall", "cpu"):
        ratios = [b[clock] / a[clock] for a, b in pairs]
        speeds = [units / statistics.median(p[side][clock] for p in pairs) for side in (0, 1)]
        print(f"{clock:4}: median ratio {statistics.median(ratios):.3f} (from {min(ratios):.3f} to {max(ratios):.3f}); "
              f"median {speeds[0]:,.0f} {unit}/s ours, {speeds[1]:,.0f} theirs")


def corpus_paragraphs():
    texts = []
    for path in sorted(REPOSITORY.glob("corpora/**/*.md")):
        texts += [p.strip() for p in re.split(r"\n\n+", path.read_text("utf-8")) if len(p.strip()) >= 80]
    return list(dict.fromkeys(texts))


def embedding(options, folder):
    import onnxruntime
    from tokenizers import Tokenizer

    if options.texts:
        texts = [json.loads(line)["text"] for line in open(options.texts, encoding="utf-8")]
        texts = random.Random(1).sample(list(dict.fromkeys(texts)), min(options.count or 300, len(set(texts))))
    else:
        texts = corpus_paragraphs()[: options.count or 300]
    tokenizer = Tokenizer.from_file(str(Path(options.model) / "tokenizer.json"))
    tokenizer.enable_truncation(options.tokens)
    tokenizer.no_padding()
    lengths = [len(e.ids) for e in tokenizer.encode_batch(texts)]
    tokenizer.enable_padding()

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(options.onnx, settings, providers=["CPUExecutionProvider"])
    inputs = {i.name for i in session.get_inputs()}

    def theirs():
        """As sentence-transformers does it: longest first, so that little is padded, in batches."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.empty((len(texts), session.get_outputs()[0].shape[-1]), np.float32)
        for first in range(0, len(order), options.batch):
            rows = order[first:first + options.batch]
            encoded = tokenizer.encode_batch([texts[i] for i in rows])
            ids = np.array([e.ids for e in encoded], np.int64)
            mask = np.array([e.attention_mask for e in encoded], np.int64)
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = session.run(None, {k: v for k, v in feed.items() if k in inputs})[0]
            weights = mask.astype(np.float32)
            pooled = np.matmul(weights[:, None, :], hidden)[:, 0] / weights.sum(1, keepdims=True)
            vectors[rows] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return vectors

    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    runner = Runner(options.runner, "embed", options.model, options.tokens, folder / "texts.json")
    print(f"{len(texts)} texts, {sum(lengths)} tokens, from {min(lengths)} to {max(lengths)} each; "
          f"OpenBLAS core of ours: {runner.core}; onnxruntime {onnxruntime.__version__}, batches of {options.batch}")
    runner.order(f"write {folder / 'ours.f32'}")
    reference = theirs()
    ours = np.fromfile(folder / "ours.f32", np.float32).reshape(reference.shape)
    print(f"cosine of ours and theirs: at least {(ours * reference).sum(1).min():.7f}")
    alternate(runner.run, lambda: measured(theirs), options.rounds, sum(lengths), "tokens")
    runner.close()


class EmbeddingServer:
    """Peers/embedding_server.py in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("embedding_server.py"))], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


async def drain(port, requests, concurrency):
    """The least a client can do: sends requests written beforehand, and looks at no byte of a reply."""
    waiting = iter(requests)

    async def work():
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            rest = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            while rest:
                rest -= len(await reader.read(min(rest, 1 << 20)))
        writer.close()

    await asyncio.gather(*(work() for _ in range(concurrency)))


def client(options, folder):
    import langchain_openai

    count = 10_000 if options.count is None else options.count
    generator = random.Random(1)
    texts = [" ".join(f"w{generator.randrange(50_000)}" for _ in range(12)) for _ in range(count)]
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    server = EmbeddingServer()
    url = f"http://127.0.0.1:{server.port}/v1"
    requests = []
    for first in range(0, count, options.batch):
        body = json.dumps({"model": "m", "input": texts[first:first + options.batch],
                           "encoding_format": options.encoding}).encode()
        requests.append(b"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    # Without the count of tokens, which would load a tokenizer from the network, and is work that we do not do exactly.
    peer = langchain_openai.OpenAIEmbeddings(
        model="m", base_url=url, api_key="none", check_embedding_ctx_length=False, chunk_size=options.batch)
    runner = Runner(
        options.runner, "client", url, folder / "texts.json", options.batch, options.concurrency, options.encoding)
    print(f"{count} texts in requests of {options.batch}, {options.concurrency} at a time, as {options.encoding}; "
          f"the server waits 5 ms with each")
    runner.order(f"write {folder / 'ours.f32'}")
    theirs = np.array(peer.embed_documents(texts[:options.batch]), np.float32)
    ours = np.fromfile(folder / "ours.f32", np.float32).reshape(count, -1)[:options.batch]
    print(f"cosine of ours and theirs: at least {(ours * theirs).sum(1).min():.7f}")
    print("beside a client that reads nothing (ratio: share of the server's ceiling):")
    alternate(runner.run, lambda: measured(lambda: asyncio.run(drain(server.port, requests, options.concurrency))),
              options.rounds, count, "texts")
    print("beside LangChain's OpenAIEmbeddings:")
    alternate(runner.run, lambda: measured(lambda: peer.embed_documents(texts)), options.rounds, count, "texts")
    runner.close()
    server.close()


def zipf(generator, ranks, count, skipping=0):
    weights = 1 / np.arange(1, ranks + 1)
    weights[:skipping] = 0
    return generator.choice(ranks, size=count, p=weights / weights.sum())


def bm25(options, folder):
    generator = np.random.default_rng(1)
    lengths = generator.integers(60, 180, options.chunks)
    terms = zipf(generator, 50_000, int(lengths.sum()))
    chunks = [[f"w{t}" for t in part] for part in np.split(terms, np.cumsum(lengths)[:-1])]
    queries = [[f"w{t}" for t in zipf(generator, 50_000, int(n), skipping=30)]
               for n in generator.integers(2, 11, options.queries)]
    for name, rows in (("chunks.txt", chunks), ("queries.txt", queries)):
        (folder / name).write_text("\n".join(" ".join(row) for row in rows) + "\n", "utf-8")

    k1, b = 1.2, 0.75
    name, search = {"bm25s": bm25s_search, "tantivy": tantivy_search}[options.peer](chunks, k1, b, options, folder)

    def theirs():
        for query in queries:
            search(query)

    runner = Runner(options.runner, "bm25", folder / "chunks.txt", folder / "queries.txt", folder / "index.db", k1, b)
    print(f"{len(chunks)} chunks of {len(terms) / len(chunks):.0f} terms, {len(queries)} queries of "
          f"{sum(map(len, queries)) / len(queries):.1f}; ours in an SQLite file, {name}; "
          f"OpenBLAS core of ours: {runner.core}")
    runner.order(f"write {folder / 'ours.json'}")
    compare_hits(json.loads((folder / "ours.json").read_text()), [search(query) for query in queries])
    alternate(runner.run, lambda: measured(theirs), options.rounds, len(queries), "queries")
    runner.close()


def bm25s_search(chunks, k1, b, options, folder):
    """The peer's name, and a function from a question to the ids and scores of the ten best."""
    import bm25s

    retriever = bm25s.BM25(method="lucene", k1=k1, b=b, backend=options.backend)
    retriever.index(chunks, show_progress=False)

    def search(query):
        ids, scores = retriever.retrieve([query], k=10, show_progress=False, n_threads=0)
        return ids[0].tolist(), scores[0].tolist()

    return f"bm25s {bm25s.__version__} ({options.backend}) in memory", search


def tantivy_search(chunks, k1, b, options, folder):
    """tantivy has these k1 and b built in. It rounds the lengths of documents, so scores differ in the second digit."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("id", stored=True, fast=True)
    schema.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema.build(), path=str(folder / "tantivy"))
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for number, chunk in enumerate(chunks):
        writer.add_document(tantivy.Document(id=number, text=" ".join(chunk)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query):
        hits = searcher.search(index.parse_query(" ".join(query), ["text"]), 10).hits
        return [searcher.doc(address)["id"][0] for _, address in hits], [score for score, _ in hits]

    return f"tantivy {tantivy.__version__} in files", search


def compare_hits(ours, theirs):
    """Scores rather than ids, because ties may be broken either way."""
    worst, same = 0.0, 0
    for mine, (ids, scores) in zip(ours, theirs):
        pairs = [(a, b) for a, b in zip(mine["scores"], scores) if b > 0]
        worst = max([worst] + [abs(a - b) / b for a, b in pairs])
        same += mine["ids"] == ids[: len(mine["ids"])]
    print(f"scores of the ten best differ by at most {worst:.1e} of their value; {same} of {len(ours)} lists are equal")


def unit_rows(generator, rows, dimension, clusters=1000, spread=0.7):
    """Random rows of length 1 around random centers, as texts lie around topics."""
    centers = generator.standard_normal((clusters, dimension), dtype=np.float32)
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    x = generator.standard_normal((rows, dimension), dtype=np.float32) * (spread / dimension ** 0.5)
    x += centers[generator.integers(0, clusters, rows)]
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def vectors(options, folder):
    generator = np.random.default_rng(1)
    every = unit_rows(generator, options.rows + options.queries, options.dimension)
    rows, queries = every[: options.rows], every[options.rows:]
    rows.tofile(folder / "rows.f32")
    queries.tofile(folder / "queries.f32")
    wanted = np.arange(0, len(rows), options.stride)
    truth = [wanted[row] for row in np.argsort(-(queries @ rows[wanted].T), axis=1)[:, :10]]

    runner = Runner(options.runner, "vectors", folder / "rows.f32", folder / "queries.f32", options.dimension,
                    folder / "index.db", options.search, options.stride)
    name, search = vector_peer(options, rows, wanted)
    print(f"{len(rows)} x {options.dimension}, {len(wanted)} of them searched, {len(queries)} questions; ours: "
          f"{options.search}, OpenBLAS core {runner.core}; beside {name}")

    def recall(found):
        return np.mean([len(set(a) & set(b.tolist())) / len(b) for a, b in zip(found, truth)])

    runner.order(f"write {folder / 'ours.json'}")
    print(f"recall@10: ours {recall(json.loads((folder / 'ours.json').read_text())):.4f}, "
          f"theirs {recall(search(queries)):.4f}")
    alternate(runner.run, lambda: measured(lambda: search(queries)), options.rounds, len(queries), "questions")
    runner.close()


def vector_peer(options, rows, wanted):
    """The peer's name, and a function from questions to the ids of the ten nearest of each."""
    at_once = options.search == "batch"

    def one_by_one(search):
        return search if at_once else lambda queries: [search(query[None])[0] for query in queries]

    if options.peer == "numpy":
        chosen = np.ascontiguousarray(rows[wanted])

        def search(queries):
            scores = queries @ chosen.T
            best = np.argpartition(-scores, 10, axis=1)[:, :10]
            order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1)
            return wanted[np.take_along_axis(best, order, 1)].tolist()

        return f"numpy {np.__version__}", one_by_one(search)
    import faiss

    faiss.omp_set_num_threads(1)
    if options.peer == "faiss-flat":
        index, parameters = faiss.IndexFlatIP(options.dimension), faiss.SearchParameters()
    else:
        index = faiss.IndexRefineFlat(faiss.index_factory(
            options.dimension, f"PQ{options.dimension // 2}x4fs", faiss.METRIC_INNER_PRODUCT))
        index.train(rows)
        parameters = faiss.IndexRefineSearchParameters(k_factor=10)
    index.add(rows)
    if len(wanted) < len(rows):
        parameters.sel = faiss.IDSelectorBatch(wanted)
    return (f"faiss {faiss.__version__} {options.peer}",
            one_by_one(lambda queries: index.search(queries, 10, params=parameters)[1].tolist()))


def chunk_peers(options):
    """Functions from a text to its chunks, by the name of the peer; without a model those that count characters."""
    import chonkie
    import semchunk
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    if not options.model:
        return {
            "chonkie-core": chonkie.FastChunker(chunk_size=options.size).chunk,
            "chonkie": chonkie.RecursiveChunker(tokenizer="character", chunk_size=options.size).chunk,
            "semchunk": semchunk.chunkerify(len, options.size),
            "langchain": RecursiveCharacterTextSplitter(chunk_size=options.size, chunk_overlap=0).split_text,
        }
    from llama_index.core.node_parser import SentenceSplitter
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(options.model) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def tokens(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    def count(text):
        return len(tokens(text))

    return {
        "chonkie": chonkie.RecursiveChunker(tokenizer=tokenizer, chunk_size=options.size).chunk,
        "semchunk": semchunk.chunkerify(count, options.size),
        "langchain": RecursiveCharacterTextSplitter(
            chunk_size=options.size, chunk_overlap=0, length_function=count).split_text,
        "llama-index": SentenceSplitter(chunk_size=options.size, chunk_overlap=0, tokenizer=tokens).split_text,
    }


def chunking(options, folder):
    """Texts of about 50 kB, because some peers are quadratic in the length of a text."""
    texts = []
    for path in options.files:
        texts.append("")
        for paragraph in re.split(r"(?<=\n\n)", Path(path).read_text("utf-8")):
            if len(texts[-1]) > 50_000:
                texts.append("")
            texts[-1] += paragraph
    texts = [text for text in texts if text][: options.count]
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    wanted = options.peers.split(",") if options.peers else None
    for strategy in ("recursive", "structure"):
        runner = Runner(
            options.runner, "chunk", strategy, options.size, options.model or "characters", folder / "texts.json")
        runner.order(f"write {folder / 'ours.json'}")
        lengths = [n for document in json.loads((folder / "ours.json").read_text()) for n in document]
        print(f"{strategy}: {len(texts)} texts of {megabytes:.1f} MB, {len(lengths)} chunks of "
              f"{statistics.mean(lengths):.0f} characters on average")
        for name, split in chunk_peers(options).items():
            if wanted and name not in wanted:
                continue
            chunks = [str(getattr(chunk, "text", chunk)) for text in texts for chunk in split(text)]
            print(f"{strategy} beside {name}, {len(chunks)} chunks of "
                  f"{statistics.mean(map(len, chunks)):.0f} characters:")

            def theirs():
                for text in texts:
                    split(text)

            alternate(runner.run, lambda: measured(theirs), options.rounds, megabytes, "MB")
        runner.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["embedding", "bm25", "vectors", "chunking", "client"])
    parser.add_argument("--runner", required=True, help="the built PeerRunner")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--model", help="embedding and chunking: folder of the model, with tokenizer.json")
    parser.add_argument("--files", nargs="+", help="chunking: Markdown files")
    parser.add_argument("--size", type=int, default=1000, help="chunking: characters, or tokens of the model, of a chunk")
    parser.add_argument("--peers", help="chunking: only these, by commas")
    parser.add_argument("--onnx", help="embedding: the same weights as an ONNX file")
    parser.add_argument("--texts", help='embedding: JSONL with "text" (default: the paragraphs of corpora/)')
    parser.add_argument("--count", type=int, help="embedding, chunking and client: how many texts")
    parser.add_argument("--tokens", type=int, default=256, help="embedding: cut texts at so many tokens")
    parser.add_argument("--batch", type=int, default=32, help="embedding: texts in a batch of the peer; client: in a request")
    parser.add_argument("--concurrency", type=int, default=4, help="client: our requests under way at a time")
    parser.add_argument("--encoding", default="base64", choices=["base64", "float"], help="client: of vectors")
    parser.add_argument("--chunks", type=int, default=30_000, help="bm25: size of the index")
    parser.add_argument("--queries", type=int, default=500, help="bm25 and vectors: searches in a round")
    parser.add_argument("--peer", help="bm25: bm25s or tantivy; vectors: faiss-flat, faiss-fastscan or numpy")
    parser.add_argument("--search", default="codes", choices=["codes", "exact", "batch"], help="vectors: ours")
    parser.add_argument("--rows", type=int, default=100_000, help="vectors: size of the index")
    parser.add_argument("--dimension", type=int, default=384, help="vectors")
    parser.add_argument("--stride", type=int, default=1, help="vectors: search one row of so many, by a mask")
    parser.add_argument("--backend", default="numpy", choices=["numpy", "numba"], help="bm25: how bm25s computes")
    options = parser.parse_args()
    peers = {"bm25": ["bm25s", "tantivy"], "vectors": ["faiss-flat", "faiss-fastscan", "numpy"]}.get(options.what)
    options.peer = options.peer or (peers[0] if peers else None)
    if peers and options.peer not in peers:
        parser.error(f"{options.what} has the peers {', '.join(peers)}")
    if options.what == "chunking" and not options.files:
        parser.error("chunking needs --files")
    if options.rounds < 5:
        parser.error("fewer than 5 rounds say nothing")
    if options.what == "embedding" and not (options.model and options.onnx):
        parser.error("embedding needs --model and --onnx")
    with tempfile.TemporaryDirectory() as folder:
        works = {"embedding": embedding, "bm25": bm25, "vectors": vectors, "chunking": chunking, "client": client}
        works[options.what](options, Path(folder))


if __name__ == "__main__":
    main()
