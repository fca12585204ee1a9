#!/usr/bin/env bash
# Indexes judged collections and measures how well they are searched and answered from.
#
# usage: Quality/run.sh QUARRY CACHE [--sets FOLDER] [--model NAME|none] [CASE...]
#
#   QUARRY   the built program, such as ../.build/release/quarry
#   CACHE    a folder for the index files; a second run finds them there. Delete it to index anew, as after a change
#            of chunking or analysis.
#   --sets   the folder of the collections, in BEIR's layout (default: shared/eval/sets beside the repository)
#   --model  one model for all cases, in place of each one's own; none measures BM25 alone
#   CASE     some of: scifact rubqwiki-para-dev-ru xquad-ru xquad-en xquad-en-ru squad2-dev (default: all)
#            xquad-en-ru asks the English questions of the Russian paragraphs.
#
# What is missing, a collection or a model, stops the run with a message. Progress goes to standard error.
set -euo pipefail

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
quarry=$1
cache=$2
shift 2
sets="$(cd "$(dirname "$0")/../.." && pwd)/../shared/eval/sets"
model=
cases=()
while [ $# -gt 0 ]; do
    case $1 in
        --sets) sets=${2:?--sets needs a folder}; shift 2 ;;
        --model) model=${2:?--model needs a name, or none}; shift 2 ;;
        -*) usage ;;
        *) cases+=("$1"); shift ;;
    esac
done
[ ${#cases[@]} -gt 0 ] || cases=(scifact rubqwiki-para-dev-ru xquad-ru xquad-en xquad-en-ru squad2-dev)
[ -x "$quarry" ] || { echo "There is no program at $quarry. Build it: swift build -c release" >&2; exit 1; }
[ -d "$sets" ] || { echo "There are no collections at $sets. Name their folder with --sets." >&2; exit 1; }
mkdir -p "$cache"
rows="$cache/rows.tsv"
: >"$rows"

# Prints the path of the index of a collection with a model, after bringing it up to date.
indexed() { # collection model
    local file="$cache/$1-$2.quarry"
    echo "indexing $1 with $2" >&2
    "$quarry" index "$sets/$1/corpus.jsonl" -i "$file" --model "$2" -q >&2
    echo "$file"
}

row() { # kind case model JSON-file; adds lines to the table
    python3 - "$@" >>"$rows" <<'PYTHON'
import json, sys

kind, case, model, path = sys.argv[1:]
reply = json.load(open(path))
if kind == "search":
    for mode in ("bm25", "vector", "hybrid"):
        figures = reply["modes"].get(mode)
        if figures is None:
            continue
        cells = []
        for name in ("nDCG@10", "recall@10", "recall@100", "MRR@10"):
            figure = figures[name]
            cells.append(f"{figure['mean']:.4f}")
            if name == "nDCG@10":
                cells.append(f"{figure['lower']:.3f}-{figure['upper']:.3f}")
        cells.append(f"{reply['medianMilliseconds'][mode]:.1f}")
        print("search", case, model, mode, reply["questions"], *cells, sep="\t")
else:
    names = ("sentenceHitRate", "sentenceHitRateWhenAnswered", "passageHitRate", "refusalPrecision", "refusalRecall",
             "wrongRefusalRate")
    cells = ["-" if reply.get(name) is None else f"{reply[name]:.4f}" for name in names]
    print("answers", case, model, reply["questions"], *cells, sep="\t")
PYTHON
}

search() { # case collection questions model
    local name=${model:-$4} modes=bm25,vector,hybrid file
    [ "$name" != none ] || modes=bm25
    file=$(indexed "$2" "$name")
    echo "searching $1" >&2
    "$quarry" eval -i "$file" --queries "$sets/$3/queries.jsonl" --qrels "$sets/$3/qrels.tsv" --modes "$modes" \
        --json -q >"$cache/$1-$name.json"
    row search "$1" "$name" "$cache/$1-$name.json"
}

answers() { # collection model
    local name=${model:-$2} file
    file=$(indexed "$1" "$name")
    echo "answering $1" >&2
    "$quarry" eval -i "$file" --answers --queries "$sets/$1/queries.jsonl" --json -q >"$cache/$1-$name.json"
    row answers "$1" "$name" "$cache/$1-$name.json"
}

for case in "${cases[@]}"; do
    case $case in
        scifact) search scifact scifact scifact all-MiniLM-L6-v2 ;;
        rubqwiki-para-dev-ru | xquad-ru | xquad-en) search "$case" "$case" "$case" multilingual-e5-small ;;
        xquad-en-ru) search xquad-en-ru xquad-ru xquad-en multilingual-e5-small ;;
        squad2-dev) answers squad2-dev multilingual-e5-small ;;
        *) echo "“$case” is no case." >&2; usage ;;
    esac
done

table() { # kind heading
    grep -q "^$1	" "$rows" || return 0
    { printf '%b\n' "$2"; sed -n "s/^$1	//p" "$rows"; } | column -t -s "$(printf '\t')"
    echo
}
table search 'case\tmodel\tmode\tquestions\tnDCG@10\t95 %\trecall@10\trecall@100\tMRR@10\tmedian ms'
table answers 'case\tmodel\tquestions\tsentence hit\twhen answered\tpassage hit\trefusal precision\trefusal recall\twrongly refused'
