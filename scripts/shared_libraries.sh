#!/bin/bash
# Lists the shared libraries that a program names, and fails where the runtime of Swift is among them.
# usage: shared_libraries.sh PROGRAM
set -euo pipefail

needed=$(readelf --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')
echo "$(basename "$1") needs" $needed
if swift=$(grep -E '^lib_?(swift|Foundation|dispatch|BlocksRuntime|Testing|XCTest)' <<<"$needed"); then
    echo "These come with Swift, and would be missing where Swift is not installed:" $swift >&2
    exit 1
fi
