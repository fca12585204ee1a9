#!/bin/bash
# Runs `swift test` with the arguments given, and repeats at the end what failed: of a long log, only the end is read.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo
    echo "What failed, with: swift test $*"
    # Recorded issues come with the lines that explain them.
    grep -a -A 4 -E '^✘ Test .* recorded an issue' "$log" | grep -a -v -E '^(✔|◇|--)|^✘ .* failed after' | cut -c 1-600
    grep -a -E '^✘ (Test|Suite) .* failed after|error: |Fatal error' "$log" | cut -c 1-600 | sort -u | tail -n 60
    if ! grep -a -q '^. Test run with' "$log"; then
        echo "The tests ended before their summary. Begun last:"
        grep -a -E '^◇ Test ' "$log" | tail -n 5
    fi
fi
exit "$status"
