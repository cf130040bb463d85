#!/bin/sh
# Walks through every example: checks it, runs its tests and proofs, compiles it,
# signs it, and decides its requests from the signed image. Then brings tenants on
# this machine to some of them.
#   demo.sh TOOL FOLDER     (FOLDER is made anew, for what the demo writes)
# Ends with status 0 only if everything did what it should.
set -u
tool=$(realpath "$1") out=$2
examples=$(dirname "$(realpath "$0")")
rm -rf "$out" && mkdir -p "$out" && out=$(realpath "$out") || exit 1
PATH=$out/bin:$PATH
mkdir "$out/bin" && ln -s "$tool" "$out/bin/woapol"
steps=0 wrong=0

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi
title() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}
say() {
    echo "$@" | fold -s -w 96 | sed 's/^/  /'
}

# shorten: a line to what a terminal shows, and says that there was more.
shorten() {
    cut -c 1-201 | sed 's/^\(.\{198\}\)...$/\1.../'
}
# excerpt FILE: all of it if it is short, else the first and the last paragraphs
# and how much lies between.
excerpt() {
    awk '
        { line[NR] = $0 }
        END {
            if (NR == 0) exit
            for (from = 1; from <= 24 && from <= NR && line[from] != ""; from++) { }
            if (from > 24) from = 8
            for (to = NR; to > from && (line[to - 1] != "" || NR - to < 4); to--) { }
            if (NR - to > 12) to = NR - 6
            if (NR <= 14 || to - from < 4) from = to
            for (i = 1; i < from; i++) print line[i]
            if (from < to) printf "... (%d more lines)\n", to - from
            for (i = to; i <= NR; i++) print line[i]
        }' "$1" | shorten
}

# step STATUS COMMAND: shows and runs a shell command; it must end with STATUS.
# Long output is cut in the middle.
step() {
    want=$1
    printf '  $ %s\n' "$2"
    sh -c "$2" >"$out/printed" 2>&1
    status=$?
    excerpt "$out/printed" | sed 's/^/    /'
    steps=$((steps + 1))
    if [ $status != "$want" ]; then
        wrong=$((wrong + 1))
        echo "    ^ status $status where $want should be"
    fi
}

# What a policy says about itself: its first comment, without the slashes.
describe() {
    awk '/^\/\// { sub(/^\/\/ ?/, ""); print; seen = 1; next } seen || NF { exit }' "$1"
}

title "A key to sign with"
say "The private half is for whoever builds; the public half goes to every proxy."
step 0 "woapol keygen $out/ci.key"

for folder in "$examples"/*/; do
    name=$(basename "$folder")
    cd "$folder" || exit 1
    [ -f policy.woapol ] || continue
    title "examples/$name"
    say "$(describe policy.woapol)"
    echo
    step 0 "woapol check policy.woapol"
    step 0 "woapol test policy.woapol"
    grep -q '^prove' ./*.woapol && step 0 "woapol prove policy.woapol"
    step 0 "woapol build policy.woapol -o $out/$name.wob --sign $out/ci.key"
    step 0 "woapol verify $out/$name.wob --key $out/ci.key.pub"
    [ -f requests.jsonl ] || continue
    want=0
    grep -q '"error":' expected.jsonl && want=1
    say "Sign-ins ($(grep -c . requests.jsonl) in all, here the first three):"
    head -n 3 requests.jsonl | shorten | sed 's/^/    < /'
    step $want "woapol eval $out/$name.wob < requests.jsonl > $out/$name.jsonl"
    head -n 3 "$out/$name.jsonl" | shorten | sed 's/^/    > /'
    say "Every decision must be the expected one:"
    step 0 "cmp $out/$name.jsonl expected.jsonl"
done

# shellcheck source=examples/demo_tenants.sh
. "$examples/demo_tenants.sh"

title "Nobody else's image"
say "One changed byte, or a missing signature, and the image is refused."
first=$(find "$out" -name '*.wob' | sort | head -n 1)
step 0 "head -c -1 $first > $out/damaged.wob && printf X >> $out/damaged.wob"
step 1 "woapol verify $out/damaged.wob"
cd "$examples" || exit 1
for folder in */; do
    step 0 "woapol build ${folder}policy.woapol -o $out/unsigned.wob"
    step 8 "woapol verify $out/unsigned.wob --key $out/ci.key.pub"
    break
done

echo
if [ $wrong = 0 ]; then
    echo "demo: $steps steps, and each did what it should; what they wrote is in ${out#"$PWD/"}"
else
    echo "demo: $wrong of $steps steps did not do what they should"
fi
[ $wrong = 0 ]
