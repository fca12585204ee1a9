#!/bin/bash
# Tries a released quarry where Swift is not installed: in a fresh minimal Debian 12 that has nothing but the packages
# named, it indexes corpora/ and answers two questions without a model. Needs root and debootstrap; about a minute.
# usage: bare-root.sh PROGRAM PACKAGE...
set -euo pipefail

program=$1
shift
corpora=$(cd "$(dirname "$0")/.." && pwd)/corpora
[ "$(id -u)" = 0 ] || { echo "Only root may change into another root folder: use sudo." >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root" "$root.log"' EXIT
packages=$(IFS=,; echo "$*")
debootstrap --variant=minbase --include="$packages" bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" \
    >"$root.log" 2>&1 || { cat "$root.log" >&2; exit 1; }
cp "$program" "$root/usr/local/bin/quarry"
cp -R "$corpora" "$root/corpora"

# Runs a command in the root. /proc is mounted for it alone: Swift reads a program's arguments there.
run() {
    printf '\n$ %s\n' "$*" >&2
    unshare --pid --fork --mount-proc="$root/proc" \
        chroot "$root" env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# Asks a question, and fails where the answer lacks what the documents say.
ask() {
    local answer
    answer=$(run quarry query "$1")
    echo "$answer"
    grep -q "$2" <<<"$answer" || { echo "The answer lacks “$2”." >&2; exit 1; }
}

run cat /etc/debian_version
if run ldd /usr/local/bin/quarry | grep 'not found'; then
    echo "These libraries are in none of the packages: $packages" >&2
    exit 1
fi
run quarry --version
run quarry index /corpora --model none
ask "What does service code H-207 mean?" "dust sensor worn out"
ask "Сколько стоит бородинский хлеб?" 650
run quarry doctor
