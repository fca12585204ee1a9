#!/bin/bash
# Indexes this folder and asks it questions in English and Russian.
# usage: demo.sh QUARRY [FOLDER-FOR-THE-INDEX]
set -euo pipefail

quarry=$1
folder=${2:-$(mktemp -d)}
corpora=$(dirname "$0")
index=$folder/demo.quarry
mkdir -p "$folder"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "quarry index corpora/"
"$quarry" index "$corpora" --index "$index"

ask() {
    say "quarry query \"$1\""
    "$quarry" query "$@" --index "$index" || [ $? = 3 ]
}

ask "What does service code H-207 mean?"
ask "Кто отвечает за порядок хранения отчётов?"
ask "Why did the platform team choose Kestrel Storage?"
ask "Сколько стоит бородинский хлеб?"
ask "How many e-books does the library offer?"          # the answer stands in a Russian document
ask "How deep is the Mariana Trench?"                    # the documents do not say

say "quarry query --retrieve \"суточные в Москве\" -k 3 --explain"
"$quarry" query --retrieve "суточные в Москве" -k 3 --explain --index "$index"

say "quarry info"
"$quarry" info --index "$index"
"$quarry" doctor --index "$index"
