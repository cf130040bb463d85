#!/bin/sh
# The transport against servers in Node: run.sh DRIVER TAP WORK [sanitized]
set -u
driver=$(realpath "$1") tap=$2 work=$3
[ -n "${4-}" ] && export SANITIZED=1
if ! command -v node >/dev/null || ! command -v openssl >/dev/null; then
    echo 'ok - transport # SKIP there is no node or no openssl' >"$tap"
    exit 0
fi
rm -rf "$work"
mkdir -p "$work"
exec node "$(dirname "$0")/run.mjs" "$driver" "$(realpath "$work")" "$(realpath "$tap")"
