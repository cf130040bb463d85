#!/bin/sh
# The WebAssembly package in Node and, where there is one, in headless Chromium,
# against `woapol eval`: run.sh WOAPOL GENERATOR PACKAGE WORK. Results go to $TAP.
set -u
woapol=$(realpath "$1") generator=$(realpath "$2") package=$3
here=$(dirname "$(realpath "$0")")
: >"$TAP"
if ! [ -s "$package/woapol.wasm" ] || ! command -v node >/dev/null; then
    echo "ok - wasm # SKIP there is no clang, wasm-ld or node" >"$TAP"
    exit 0
fi
rm -rf "$4"
mkdir -p "$4"
package=$(realpath "$package") work=$(realpath "$4")
"$here/../corpus.sh" "$woapol" "$generator" "$work/corpus" "${POLICIES:-25}" 200
cp "$here"/*.mjs "$package"/index.mjs "$package"/woapol.wasm "$work"
node "$work/node.mjs" "$work" >"$work/node.log" 2>&1
status=$?
grep -E '^(ok|not ok)' "$work/node.log" >>"$TAP"
[ $status = 0 ] || { cat "$work/node.log"; echo "not ok - wasm in Node ended with status $status" >>"$TAP"; }

browser=$(command -v chromium || command -v chromium-browser)
if [ -n "$browser" ]; then
    mkdir "$work/profile"
    timeout 300 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --virtual-time-budget=30000 --dump-dom "file://$work/page.html" \
        >"$work/page.out" 2>"$work/browser.log"
    if grep -q 'wasm in Chromium: [1-9][0-9]* decisions, 0 wrong' "$work/page.out"; then
        echo "ok - wasm in Chromium: as native" >>"$TAP"
    else
        echo "not ok - wasm in Chromium: $(grep -o 'wasm in Chromium[^<]*' "$work/page.out")" >>"$TAP"
        tail -n 5 "$work/browser.log"
    fi
    rm -rf "$work/profile"
else
    echo "ok - wasm in Chromium # SKIP there is no chromium" >>"$TAP"
fi
! grep -q '^not ok' "$TAP"
