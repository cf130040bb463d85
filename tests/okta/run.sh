#!/bin/sh
# woapol against an Okta org that was written from Okta's documents alone:
#   run.sh WOAPOL TAP WORK CACHE
# The fake org is held to those documents first; then sessions with the tool; then
# all that was sent stands before Prism with the published contract, which is read
# from WOAPOL_REFERENCE (a folder with openapi-trimmed.json and openapi-strict.json).
set -u
woapol=$(realpath "$1") tap=$2 work=$3 cache=$4
here=$(dirname "$(realpath "$0")")
reference=${WOAPOL_REFERENCE:-$here/../../../shared/reference/okta}
: >"$tap"
if ! command -v node >/dev/null; then
    echo "ok - okta # SKIP there is no node" >"$tap"
    exit 0
fi
rm -rf "$work"
mkdir -p "$work" "$cache"
work=$(realpath "$work")
prism=$cache/node_modules/.bin/prism
[ -x "$prism" ] ||
    npm install --silent --no-save --no-audit --no-fund --prefix "$cache" @stoplight/prism-cli@5.14.2 >/dev/null 2>&1

# One kind of tests: its lines go to the results, its reasons to the log.
tests() {
    WOAPOL=$woapol WORK=$work node --test --test-reporter=tap "$here/$1" >"$work/$1.tap" 2>&1
    status=$?
    grep -E '^(ok|not ok)' "$work/$1.tap" >>"$tap"
    sed -n 's/^# \\# //p' "$work/$1.tap"
    [ $status = 0 ] || cat "$work/$1.tap"
    [ $status = 0 ] || grep -q '^not ok' "$work/$1.tap" || echo "not ok - $1 ended with status $status" >>"$tap"
}
for part in org sessions order authenticators engine identity credentials faults hostile random large; do
    tests $part.test.mjs
done

node "$here/judge.mjs" "$prism" "$reference" "$tap" "$here"/controls.jsonl "$work"/bodies.jsonl ||
    echo "not ok - the judge ended with status $?" >>"$tap"
! grep -q '^not ok' "$tap"
