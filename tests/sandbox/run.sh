#!/bin/sh
# The sandbox's tenants on loopback, and its page in headless Chromium:
#   run.sh TOOL TAP WORK CACHE [NAME...]
# playwright-core comes from npm and is kept in CACHE; without it, or without a
# browser, the page's tests are skipped, and say so.
tool=$1 tap=$2 work=$3 cache=$4
shift 4
here=$(dirname "$0")
if ! [ -d "$cache/node_modules/playwright-core" ]; then
    mkdir -p "$cache"
    npm install --silent --no-save --no-audit --no-fund --prefix "$cache" playwright-core@1.56.1 >/dev/null 2>&1
fi
exec /usr/bin/python3 "$here/run.py" "$tool" "$tap" "$work" "$cache" "$@"
