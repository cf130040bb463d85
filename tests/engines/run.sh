#!/bin/bash
# The line filter as engines drive it: run.sh WOAPOL GENERATOR WORK. Results go to $TAP.
set -u
woapol=$(realpath "$1") generator=$(realpath "$2") here=$(dirname "$(realpath "$0")")
: >"$TAP"
mkdir -p "$3"
work=$(realpath "$3")
rm -rf "${work:?}"/*
failed=0
is() { # TITLE WANTED GOT
    if [ "$2" = "$3" ]; then
        echo "ok - filter $1" >>"$TAP"
    else
        failed=1
        echo "not ok - filter $1: wanted '$2', got '$3'" | tr '\n' ' ' >>"$TAP"
        echo >>"$TAP"
        tail -n 1 "$TAP"
    fi
}
"$here/../corpus.sh" "$woapol" "$generator" "$work/corpus" "${POLICIES:-25}" 200
columns=id,ip,device,groups,app,user,entry,managed,compliant,risk,groups_complete
fields=effect,policy,rule,chain,reauth_s,message,report,reason

# The corpus as TSV, and what `woapol eval` says of it, as the filter's columns.
compared=0
: >"$work/wrong"
for image in "$work"/corpus/*.wob; do
    base=${image%.wob}
    "$woapol" filter "$image" --format-in json --format-out json <"$base.jsonl" >"$base.json" 2>/dev/null
    cmp -s "$base.json" "$base.native" || echo "$base: JSON" >>"$work/wrong"
    python3 "$here/tsv.py" "$base" >>"$work/tsv.log" 2>&1
    "$woapol" filter "$image" --columns $columns --print $fields <"$base.tsv" >"$base.out" 2>/dev/null
    cmp "$base.out" "$base.wanted" >>"$work/wrong" 2>&1
    compared=$((compared + $(wc -l <"$base.out")))
done
is "the corpus is not small" yes "$([ $compared -gt 1000 ] && echo yes || echo $compared)"
is "decides as native, $compared lines of TSV, and JSON" '' "$(head -n 3 "$work/wrong")"

# GNU parallel cuts the input into blocks; the order stays, and a line is a line.
image=$work/corpus/random-1.wob
for _ in $(seq 100); do cat "$work/corpus/random-1.tsv"; done >"$work/many.tsv"
"$woapol" filter "$image" --columns $columns <"$work/many.tsv" >"$work/alone"
if command -v parallel >/dev/null; then
    HOME=$work parallel --will-cite -j 2 --block 100k --pipe --keep-order "$woapol" filter "$image" --columns $columns \
        <"$work/many.tsv" >"$work/together" 2>"$work/parallel.log"
    is "GNU parallel: the same lines in the same order" yes "$(cmp -s "$work/alone" "$work/together" && echo yes || head -n 3 "$work/parallel.log")"
else
    echo "ok - filter GNU parallel # SKIP there is no GNU parallel" >>"$TAP"
fi
is "a line out for each line in" "$(wc -l <"$work/many.tsv")" "$(wc -l <"$work/alone")"
is "the line comes first" yes "$(cmp -s <("$woapol" filter "$image" --columns $columns --pass <"$work/many.tsv") <(paste "$work/many.tsv" "$work/alone") && echo yes || echo no)"

# As ClickHouse's executable_pool: a process lives on, a chunk at a time is asked for
# and waited for; and as its executable, without counts.
coproc pool { "$woapol" filter "$image" --columns ip,device,groups --print effect --counted 2>&1; }
pid=$pool_PID
for size in 1 3 0 1000 2; do
    { echo $size; [ $size = 0 ] || for _ in $(seq $size); do printf '10.0.0.1\tios\t[\x27x\x27]\n'; done; } >&"${pool[1]}"
    got=0
    while [ $got -lt $size ] && read -r -t 10 line <&"${pool[0]}"; do got=$((got + 1)); done
    is "a chunk of $size is answered at once" $size $got
done
exec {pool[1]}>&-
wait "$pid" 2>/dev/null
coproc lines { "$woapol" filter "$image" --columns ip 2>&1; }
pid=$lines_PID
printf '10.0.0.1\n10.0.0' >&"${lines[1]}"
read -r -t 10 line <&"${lines[0]}"
is "a line is answered while the next one comes" yes "$([ -n "$line" ] && echo yes || echo no)"
printf '.2\n' >&"${lines[1]}"
read -r -t 10 other <&"${lines[0]}"
is "so is the next one" "$line" "$other"
exec {lines[1]}>&-
wait "$pid" 2>/dev/null

# Memory stays, however many lines; a reader that goes away ends it.
peak() { # LINES
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "10." i % 256 "." i % 251 ".7\tios\tStaff,g" i }' |
        command time -f %M "$woapol" filter "$image" --columns ip,device,groups 2>"$work/peak" >/dev/null
    cat "$work/peak"
}
if command -v time >/dev/null && command time -f %M true 2>/dev/null; then
    few=$(peak 10000) many=$(peak 2000000)
    is "memory does not grow with lines" flat "$([ $((many - few)) -lt 2000 ] && echo flat || echo "from $few to $many kB")"
else
    echo "ok - filter memory # SKIP there is no GNU time" >>"$TAP"
fi
is "a reader that goes away ends it" 3 "$(yes 10.0.0.1 | "$woapol" filter "$image" --columns ip 2>/dev/null | head -n 3 | wc -l)"
exit $failed
