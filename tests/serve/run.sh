#!/bin/sh
# The service on loopback, alone and behind proxies: run.sh TOOL TAP WORK CACHE
# The protos of Envoy come from npm and are kept in CACHE; without npm these
# tests are skipped, and say so.
tool=$1 tap=$2 work=$3 cache=$4
here=$(dirname "$0")
packages='@grpc/grpc-js@1.14 @grpc/proto-loader@0.8 @grpc/grpc-js-xds@1.14'
if ! [ -d "$cache/node_modules/@grpc/grpc-js-xds" ]; then
    mkdir -p "$cache"
    # shellcheck disable=SC2086
    npm install --silent --no-save --no-audit --no-fund --prefix "$cache" $packages >/dev/null 2>&1
fi
exec /usr/bin/python3 "$here/run.py" "$tool" "$tap" "$work" "$cache"
