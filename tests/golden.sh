#!/bin/sh
# Golden files: see README.md. golden.sh TOOL TAP [-u] compares every sibling of
# tests/golden/TOPIC/CASE.woapol with what the tool makes of it; -u rewrites them.
set -u
tool=$(realpath "$1") tap=$2
shift 2
update=
[ "${1-}" = -u ] && update=yes
here=$(dirname "$(realpath "$0")")
export LC_ALL=C TZ=UTC NO_COLOR=1 COLUMNS=100
mkdir -p "$(dirname "$tap")"
tap=$(realpath "$tap")
: >"$tap"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# What the tool prints for one stage of one case, in the topic's folder.
run_stage() {
    case $2 in
    fmt) "$tool" fmt - <"$1.woapol" ;;
    diag) "$tool" check "$1.woapol" ;;
    json | sarif) "$tool" check --format "$2" "$1.woapol" ;;
    dis) "$tool" build "$1.woapol" -o "$work/image" && "$tool" disasm "$work/image" ;;
    eval) "$tool" eval "$1.woapol" <"$1.jsonl" ;;
    test | prove) "$tool" "$2" "$1.woapol" ;;
    same) "$tool" prove --same access okta "$1.woapol" ;;
    esac
}

for topic in "$here"/golden/*/; do
    cd "$topic" || exit 1
    for source in *.woapol; do
        [ -e "$source" ] || continue
        name=${source%.woapol}
        stages=0
        for stage in fmt diag json sarif dis eval test prove same; do
            [ -e "$name.$stage" ] || continue
            stages=$((stages + 1))
            title="golden/$(basename "$topic")/$name.$stage"
            run_stage "$name" "$stage" >"$work/out" 2>&1
            status=$?
            [ $status = 0 ] || echo "[$status]" >>"$work/out"
            if cmp -s "$name.$stage" "$work/out"; then
                echo "ok - $title" >>"$tap"
            elif [ -n "$update" ]; then
                cat "$work/out" >"$name.$stage" && echo "updated $title"
            else
                diff -u --label "$title" --label "$title (printed)" "$name.$stage" "$work/out"
                echo "not ok - $title" >>"$tap"
            fi
        done
        [ -e "$name.objects" ] && continue # the units hold those
        [ $stages -gt 0 ] || echo "not ok - golden/$(basename "$topic")/$name has no expectation" >>"$tap"
    done
done
! grep -q '^not ok' "$tap"
