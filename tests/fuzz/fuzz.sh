#!/bin/sh
# Runs fuzz targets: fuzz.sh BUILD SECONDS PROGRAM... One TAP line each to $TAP.
# Inputs found are kept in BUILD/fuzz/corpus, crashes in BUILD/fuzz/crashes.
build=$1 seconds=$2
shift 2
here=$(dirname "$0")
root=$(dirname "$(dirname "$here")")
failed=0

# Seeds from the tree, by what a target reads.
gather() {
    find "$here/seeds/$1" -type f 2>/dev/null
    case $1 in
    parse | compile | format)
        find "$root/examples" "$root/stdlib" "$root/tests/golden" -name '*.woapol' -size -64k ;;
    json | request) find "$root/examples" "$root/tests" -name '*.jsonl' -size -64k ;;
    image | decide) find "$build/fuzz/images" -name '*.wob' -size -256k 2>/dev/null ;;
    esac
}

# Images to start from: every example and golden source that compiles, and a large one, which
# has what only those have: rows in columns, heads, leads and marks.
mkdir -p "$build/fuzz/images"
large=$build/fuzz/large.woapol
[ -f "$large" ] || awk 'BEGIN {
    for (i = 0; i < 800; i++) printf "network N%d = 10.%d.%d.0/24\n", i, i / 250, i % 250
    print "group G\napp A\npolicy P for A { rule p when managed and device in {ios} allow }"
    print "policy Q is default {"
    for (i = 0; i < 1100; i++) printf "  rule r%d when group in G and network in N%d allow\n", i, i % 800
    print "}" }' >"$large"
for source in "$root"/examples/*/policy.woapol "$root"/tests/golden/*/*.woapol "$large"; do
    image=$build/fuzz/images/$(echo "${source#"$root"/}" | tr / -).wob
    [ -x "$build/woapol" ] && [ -f "$source" ] && ! [ "$image" -nt "$source" ] &&
        "$build/woapol" build "$source" -o "$image" >/dev/null 2>&1
done

for program in "$@"; do
    name=${program##*/fuzz_}
    corpus=$build/fuzz/corpus/$name
    seeds=$build/fuzz/seeds/$name
    crashes=$build/fuzz/crashes/$name
    rm -rf "$seeds"
    mkdir -p "$corpus" "$seeds" "$crashes"
    gather "$name" | while read -r file; do
        cp "$file" "$seeds/$(echo "$file" | tr / -)"
    done
    # An image is followed by four bytes that say what it is asked.
    if [ "$name" = image ]; then
        for file in "$seeds"/*.wob; do
            printf 'seed' >>"$file"
        done
    fi
    log=$build/fuzz/$name.log
    # For some seconds, and on until there were a hundred inputs: on a slow machine that is more.
    : >"$log"
    status=0 runs=0
    for bound in "-max_total_time=$seconds" -runs=101; do
        [ $status = 0 ] && [ "$runs" -le 100 ] || break
        # shellcheck disable=SC2086
        "$program" "$bound" -seed=1 -timeout=20 -rss_limit_mb=3000 \
            -print_final_stats=1 -artifact_prefix="$crashes/" ${FUZZ_FLAGS-} "$corpus" "$seeds" \
            >>"$log" 2>&1
        status=$?
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
        runs=${runs:-0}
    done
    if [ $status = 0 ] && [ "$runs" -gt 100 ]; then
        echo "ok - fuzz $name, $runs inputs" | tee -a "$TAP"
    else
        failed=1
        grep -vE '^#|NEW|REDUCE' "$log" | tail -n 60
        echo "not ok - fuzz $name (status $status, $runs inputs, see $log)" | tee -a "$TAP"
    fi
done
exit $failed
