#!/bin/sh
# Counts the instructions of the hot paths with callgrind and holds them against
# baseline.txt: more than 5 % above is a failure.
#   gate.sh FOLDER PROGRAM TOOL CC [update]
# Instructions of one compiler say little about another's: under another version
# than the baseline's, 30 % is allowed, and said.
folder=$1 program=$2 tool=$3 cc=$4 update=$5
here=$(dirname "$0")
baseline=$here/baseline.txt
allowed=5
mkdir -p "$folder"
if ! command -v valgrind >/dev/null; then
    echo "bench-gate: valgrind is not installed; nothing was counted"
    exit 0
fi
versions="$("$cc" --version | head -1); $(valgrind --version); $(uname -m); $(getconf GNU_LIBC_VERSION)"

# The counts are those of libraries, too: all take the ways of the same processor.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW
export SIMDJSON_FORCE_IMPLEMENTATION=westmere

# count FILE COMMAND...: how many instructions it took, all or between the marks
count() {
    out=$1
    shift
    valgrind --tool=callgrind --callgrind-out-file="$out" "$@" >/dev/null 2>"$out.log" || {
        echo "bench-gate: $* failed" >&2
        tail -3 "$out.log" >&2
        return 1
    }
    awk '/^(summary|totals):/ { print $2; exit }' "$out"
}

measure() {
    for path in $("$program"); do
        printf '%s %s\n' "$path" "$(count "$folder/$path.out" \
            --toggle-collect=count_instructions "$program" "$path")"
    done
    "$program" source >"$folder/policy.woapol" || return 1
    "$program" requests >"$folder/requests.jsonl" || return 1
    "$tool" build "$folder/policy.woapol" -o "$folder/policy.wob" 2>/dev/null || return 1
    # What starting takes is the same for one line and for a thousand.
    head -1 "$folder/requests.jsonl" >"$folder/one.jsonl"
    all=$(count "$folder/eval.out" "$tool" eval "$folder/policy.wob" <"$folder/requests.jsonl")
    one=$(count "$folder/one.out" "$tool" eval "$folder/policy.wob" <"$folder/one.jsonl")
    printf 'eval-1000-lines %s\n' "$((all - one))"
}

measure >"$folder/counts.txt" || exit 1
if grep -q ' $' "$folder/counts.txt"; then
    echo "bench-gate: something could not be counted" >&2
    exit 1
fi
if [ -n "$update" ]; then
    { echo "# $versions"; cat "$folder/counts.txt"; } >"$baseline"
    echo "$baseline is written anew"
    exit 0
fi
if [ "$(head -1 "$baseline")" != "# $versions" ]; then
    allowed=30
    echo "bench-gate: the baseline was counted with other tools; up to $allowed % more are let pass"
    echo "  then: $(head -1 "$baseline" | cut -c3-)"
    echo "  now:  $versions"
    echo "  make bench-gate-update writes a new one"
fi
awk -v allowed=$allowed '
    FNR == NR { if ($1 != "#") before[$1] = $2; next }
    !($1 in before) { printf "%-16s %12d  not in the baseline: make bench-gate-update\n", $1, $2; bad++; next }
    {
        change = 100 * ($2 / before[$1] - 1)
        printf "%-16s %12d  %+6.1f %%%s\n", $1, $2, change, (change > allowed ? "  TOO MUCH" : "")
        if (change > allowed) bad++
        seen[$1] = 1
    }
    END {
        for (path in before) if (!(path in seen)) { print path ": was not counted"; bad++ }
        if (bad) print "bench-gate: hot paths take more than " allowed " % more instructions; if that is meant, make bench-gate-update"
        exit bad > 0
    }' "$baseline" "$folder/counts.txt"
