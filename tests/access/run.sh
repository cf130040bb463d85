#!/bin/sh
# woapol against the Access tenant of its own sandbox, which is written from the
# vendor's documents alone:  run.sh WOAPOL GENERATE TAP WORK CACHE
# All that is published of the interface is held to by Prism, with the contract in
# WOAPOL_ACCESS_REFERENCE (a folder with openapi.json).
set -u
woapol=$(realpath "$1") generate=$(realpath "$2") tap=$3 work=$4 cache=$5
here=$(dirname "$(realpath "$0")")
reference=${WOAPOL_ACCESS_REFERENCE:-$here/../../../shared/reference/access}
: >"$tap"
if ! command -v node >/dev/null; then
    echo "ok - access # SKIP there is no node" >"$tap"
    exit 0
fi
rm -rf "$work"
mkdir -p "$work/policies" "$cache"
work=$(realpath "$work")
"$generate" "$work/policies" 1 8 10
for part in sessions faults; do
    WOAPOL=$woapol WORK=$work POLICIES=$work/policies \
        node --test --test-reporter=tap "$here/$part.test.mjs" >"$work/$part.tap" 2>&1
    status=$?
    grep -E '^(ok|not ok)' "$work/$part.tap" >>"$tap"
    [ $status = 0 ] || cat "$work/$part.tap"
    [ $status = 0 ] || grep -q '^not ok' "$work/$part.tap" || echo "not ok - $part ended with status $status" >>"$tap"
done

prism=$cache/node_modules/.bin/prism
if [ -s "$reference/openapi.json" ]; then
    [ -x "$prism" ] ||
        npm install --silent --no-save --no-audit --no-fund --prefix "$cache" @stoplight/prism-cli@5.14.2 >/dev/null 2>&1
    node "$here/judge.mjs" "$prism" "$reference/openapi.json" "$work/requests.jsonl" "$tap" ||
        echo "not ok - the judge ended with status $?" >>"$tap"
else
    echo "ok - Prism # SKIP the published contract is not here" >>"$tap"
fi
! grep -q '^not ok' "$tap"
