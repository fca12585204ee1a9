"""Writes qrels.txt, run.trec and expected.tsv: measures of a random run as trec_eval computes them.

Needs pytrec-eval-terrier 0.5, which binds trec_eval 9.0.7. Run in this folder; the output is committed.
"""

import random

import pytrec_eval

MEASURES = {
    "ndcg_cut_10": "nDCG@10", "ndcg_cut_5": "nDCG@5", "recall_5": "recall@5", "recall_100": "recall@100",
    "P_5": "P@5", "P_100": "P@100", "recip_rank": "MRR@1000", "map": "MAP", "success_5": "success@5",
}

random.seed(20)
qrels, run = {}, {}
for q in range(40):
    query = f"q{q}"
    documents = [f"d{n}" for n in random.sample(range(1000), 60)]
    if q != 7:
        judged = random.sample(documents, random.randint(1, 20))
        qrels[query] = {d: random.choice([-1, 0, 1, 1, 2, 3, 4]) for d in judged}
    if q == 3:
        qrels[query] = {d: 0 for d in documents[:3]}
    if q != 5:
        kept = random.sample(documents, random.randint(1, 60))
        # Few distinct scores, so that ties matter.
        run[query] = {d: float(random.randint(0, 12)) / 4 for d in kept}

with open("qrels.txt", "w") as file:
    for query, grades in qrels.items():
        for document, grade in grades.items():
            file.write(f"{query} 0 {document} {grade}\n")
with open("run.trec", "w") as file:
    for query, scores in run.items():
        for rank, (document, score) in enumerate(scores.items(), 1):
            file.write(f"{query} Q0 {document} {rank} {score} random\n")

measures = {"ndcg_cut.5,10", "recall.5,100", "P.5,100", "recip_rank", "map", "success.5"}
results = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
with open("expected.tsv", "w") as file:
    for query in sorted(results):
        for measure, name in MEASURES.items():
            file.write(f"{query}\t{name}\t{results[query][measure]:.10f}\n")
