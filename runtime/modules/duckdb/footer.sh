#!/bin/sh
# DuckDB's footer of an extension: footer.sh PLATFORM API VERSION prints its 534 bytes.
# They are a WebAssembly custom section named duckdb_signature, with eight fields of 32
# bytes, the last one first, and room for a signature of 256.
field() {
    printf '%s' "$1"
    head -c $((32 - ${#1})) /dev/zero
}
printf '\000\223\004\020duckdb_signature\200\004'
field ''
field ''
field ''
field C_STRUCT
field "v$3"
field "$2"
field "$1"
field 4
head -c 256 /dev/zero
