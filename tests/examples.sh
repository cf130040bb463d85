#!/bin/sh
# Every example does what it is there for: see README.md.
#   examples.sh TOOL TAP [-u]
# examples/NAME/policy.woapol is checked, tested, proved and built twice, and both
# the source and the image answer requests.jsonl with expected.jsonl. The image
# is signed and verified. -u rewrites expected.jsonl.
set -u
tool=$(realpath "$1") tap=$2
shift 2
update=
[ "${1-}" = -u ] && update=yes
root=$(dirname "$(dirname "$(realpath "$0")")")
export LC_ALL=C TZ=UTC NO_COLOR=1
mkdir -p "$(dirname "$tap")"
tap=$(realpath "$tap")
: >"$tap"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
"$tool" keygen "$work/signing.key" >"$work/out" 2>&1 || {
    cat "$work/out"
    echo "not ok - examples: keygen" >>"$tap"
}

# expect STATUS TITLE COMMAND...: one test; what it printed is in $work/out.
expect() {
    want=$1 title=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    if [ $status = "$want" ]; then
        echo "ok - $title" >>"$tap"
    else
        echo "not ok - $title (status $status)" >>"$tap"
        echo "$title: status $status, not $want"
        head -n 40 "$work/out" "$work/err"
    fi
}
answers() {
    "$tool" eval "$1" <requests.jsonl
}
compare() {
    if cmp -s expected.jsonl "$work/out"; then
        echo "ok - $1" >>"$tap"
    else
        echo "not ok - $1" >>"$tap"
        diff -u --label "$1" --label "$1 (printed)" expected.jsonl "$work/out" | cut -c 1-300 | head -n 40
    fi
}

for example in "$root"/examples/*/; do
    cd "$example" || exit 1
    name=examples/$(basename "$example")
    source=policy.woapol
    if ! [ -f $source ]; then
        echo "not ok - $name has no policy.woapol" >>"$tap"
        continue
    fi
    expect 0 "$name check" "$tool" check $source
    expect 0 "$name fmt --check" "$tool" fmt --check $source
    expect 0 "$name test" "$tool" test $source
    grep -q '^prove' ./*.woapol && expect 0 "$name prove" "$tool" prove $source
    expect 0 "$name build" "$tool" build $source -o "$work/1.wob"
    expect 0 "$name build again" "$tool" build $source -o "$work/2.wob"
    expect 0 "$name builds the same bytes" cmp "$work/1.wob" "$work/2.wob"
    expect 0 "$name build --sign" "$tool" build $source -o "$work/3.wob" --sign "$work/signing.key"
    expect 0 "$name verify --key" "$tool" verify "$work/3.wob" --key "$work/signing.key.pub"
    expect 8 "$name verify --key, unsigned" "$tool" verify "$work/1.wob" --key "$work/signing.key.pub"
    [ -f requests.jsonl ] || continue
    if [ -n "$update" ]; then
        answers $source >"$work/out"
        cmp -s "$work/out" expected.jsonl || { cat "$work/out" >expected.jsonl; echo "updated $name/expected.jsonl"; }
        continue
    fi
    # A request with an error in it makes the run end with status 1.
    want=0
    grep -q '"error":' expected.jsonl && want=1
    expect $want "$name eval" answers $source
    compare "$name eval decides as expected"
    expect $want "$name eval of the image" answers "$work/3.wob"
    compare "$name eval of the image decides as expected"
done
! grep -q '^not ok' "$tap"
