#!/bin/sh
# Runs sessions (.t files) and documents (.md) against the tool: see README.md.
#   cases.sh TOOL TAP [-u] FILE...
# TOOL is the woapol to test, TAP the file for results; -u rewrites the files to
# what was printed. Quiet but for what differs.
set -u
tool=$(realpath "$1") tap=$2
shift 2
update=
[ "${1-}" = -u ] && update=yes && shift
here=$(dirname "$(realpath "$0")")
ROOT=$(dirname "$here")
export ROOT
export LC_ALL=C TZ=UTC NO_COLOR=1 COLUMNS=100
unset WOAPOL_OKTA_TOKEN WOAPOL_OKTA_CLIENT_ID WOAPOL_OKTA_KEY WOAPOL_ACCESS_CLIENT_ID WOAPOL_ACCESS_CLIENT_SECRET
mkdir -p "$(dirname "$tap")"
tap=$(realpath "$tap")
: >"$tap"

work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir "$work/bin" && ln -s "$tool" "$work/bin/woapol"
PATH=$work/bin:$PATH

for file in "$@"; do
    name=${file#"$ROOT"/}
    source=$(realpath "$file")
    case $file in *.md) md=1 ;; *) md=0 ;; esac
    salt=end-$$-$(basename "$file" | tr -c 'a-zA-Z0-9\n' -)
    box=$work/box
    mkdir "$box"
    if [ $md = 1 ]; then
        mkdir "$box/build" && ln -s "$tool" "$box/build/woapol"
        ln -s "$ROOT/examples" "$box/examples"
    fi
    awk -f "$here/cases.awk" -v mode=script -v md=$md -v salt="$salt" "$source" >"$work/script"
    (cd "$box" && HOME=$box timeout -k 5 "${CASE_TIMEOUT:-600}" sh "$work/script") \
        >"$work/raw" 2>&1 </dev/null
    # Bytes that are not text would end awk's lines early.
    tr '\000' '?' <"$work/raw" >"$work/text"
    awk -f "$here/cases.awk" -v mode=weave -v md=$md -v salt="$salt" -v raw="$work/text" \
        -v tap="$tap" -v name="$name" "$source" >"$work/woven"
    if ! cmp -s "$source" "$work/woven"; then
        if [ -n "$update" ]; then
            cat "$work/woven" >"$source"
            echo "updated $name"
        else
            diff -u --label "$name" --label "$name (printed)" "$source" "$work/woven"
        fi
    fi
    chmod -R u+w "$box"
    rm -rf "$box"
done
! grep -q '^not ok' "$tap"
