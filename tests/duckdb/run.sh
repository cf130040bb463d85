#!/bin/sh
# The extension in DuckDB: run.sh WOAPOL GENERATOR EXTENSION WORK NPM. Results go to $TAP.
set -u
woapol=$(realpath "$1") generator=$(realpath "$2") here=$(dirname "$(realpath "$0")")
: >"$TAP"
skip() {
    echo "ok - duckdb # SKIP $1" >"$TAP"
    exit 0
}
command -v npm >/dev/null || skip "there is no npm"
[ "$(uname -sm)" = 'Linux x86_64' ] || skip "DuckDB's npm package is tried on Linux on x86-64 only"
mkdir -p "$4" "$5"
extension=$(realpath "$3") work=$(realpath "$4") npm=$(realpath "$5")
rm -rf "${work:?}"/*
if ! [ -d "$npm/node_modules/@duckdb/node-api" ]; then
    echo '{"private": true}' >"$npm/package.json"
    (cd "$npm" && npm install --no-audit --no-fund --silent @duckdb/node-api@1.5.6-r.1) || {
        echo "not ok - duckdb: its npm package cannot be installed" >"$TAP"
        exit 1
    }
fi
"$here/../corpus.sh" "$woapol" "$generator" "$work/corpus" "${POLICIES:-25}" 200
python3 "$here/../postgres/rows.py" "$work/corpus" >"$work/rows.csv"
cp "$here"/*.mjs "$npm"
timeout 600 node "$npm/duckdb.mjs" "$extension" "$work" >"$work/node.log" 2>&1
status=$?
grep -E '^(ok|not ok)' "$work/node.log" >>"$TAP"
[ $status = 0 ] || { cat "$work/node.log"; echo "not ok - duckdb in Node ended with status $status" >>"$TAP"; }
! grep -q '^not ok' "$TAP"
