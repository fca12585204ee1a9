#!/bin/bash
# Runs every test with `swift test`, one kind after another, and says at the end what failed in any of them: of a long
# log, only the end is read.
#
# Those that compute for minutes, wait for processes or hold a thousand connections would keep tests of time-outs and
# limits waiting; hence the kinds.
#
# Usage: run_tests.sh [option of swift test]...
set -uo pipefail
clients='Quarry(HTTP|Providers|Embedders|LanguageModels|Reranking)Tests'
load='LoadTests/'
commands='QuarryCommandTests'

log=$(mktemp)
failures=$(mktemp)
trap 'rm -f "$log" "$failures"' EXIT

# A kind of tests takes a minute or two; the first includes the build, some ten minutes. A test that hangs is ended.
limit=()
! command -v timeout >/dev/null || limit=(timeout --kill-after=30 1500)

# Runs the tests that the filter leaves.
run() {
    ${limit[@]+"${limit[@]}"} swift test "$@" 2>&1 | tee "$log"
    local status=${PIPESTATUS[0]}
    [ "$status" -eq 0 ] && return
    {
        echo
        echo "What failed, with: swift test $*"
        [ "$status" -ne 124 ] || echo "It was ended after ${limit[2]} s."
        # Recorded issues come with the lines that explain them.
        grep -a -A 4 -E '^✘ Test .* recorded an issue' "$log" | grep -a -v -E '^(✔|◇|--)|^✘ .* failed after' |
            cut -c 1-600
        grep -a -E '^✘ (Test|Suite) .* failed after|error: |Fatal error' "$log" | cut -c 1-600 | sort -u | tail -n 60
        if begun && ! grep -a -q '^. Test run with' "$log"; then
            echo "The tests ended before their summary. Begun last:"
            grep -a -E '^◇ Test ' "$log" | tail -n 5
            echo "Begun and not ended:"
            sed -n 's/^◇ Test \(".*"\) started\.$/\1/p' "$log" | sort | uniq |
                while read -r name; do grep -a -q -F "Test $name " <(grep -a '^[✔✘]' "$log") || echo "$name"; done
        fi
    } >>"$failures"
    # What does not build fails once.
    begun || finish
}

begun() { grep -a -q '^◇ Test run started' "$log"; }

finish() {
    cat "$failures"
    [ ! -s "$failures" ]
    exit
}

run "$@" --filter "$clients" --skip "$load"
run "$@" --filter "$load"
run "$@" --skip "$clients|$commands"
run "$@" --filter "$commands"
finish
