#!/bin/sh
# One corpus for every host: corpus.sh WOAPOL GENERATOR FOLDER [POLICIES REQUESTS]
# writes NAME.wob, NAME.jsonl and NAME.native, what `woapol eval` decides: of random
# policies and of the examples.
set -u
woapol=$1 generator=$2 folder=$3
here=$(dirname "$(realpath "$0")")
mkdir -p "$folder"
"$generator" "$folder" "${4:-25}" "${5:-200}" || exit 1
for example in "$here"/../examples/*/; do
    [ -s "$example/policy.woapol" ] && [ -s "$example/requests.jsonl" ] || continue
    name=$(basename "$example")
    "$woapol" build "$example/policy.woapol" -o "$folder/$name.wob" >/dev/null 2>&1
    cp "$example/requests.jsonl" "$folder/$name.jsonl"
done
for source in "$folder"/random-*.woapol; do
    "$woapol" build "$source" -o "${source%.woapol}.wob" >/dev/null 2>&1
done
for image in "$folder"/*.wob; do
    "$woapol" eval "$image" <"${image%.wob}.jsonl" >"${image%.wob}.native" 2>/dev/null
done
