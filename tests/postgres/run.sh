#!/bin/bash
# The extension in real servers: run.sh WOAPOL GENERATOR MODULE WORK.
# Results go to $TAP.
set -u
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
: >"$TAP"
skip() {
    echo "ok - postgres # SKIP $1" >"$TAP"
    exit 0
}
[ -s "$3" ] || skip "there is no postgresql-server-dev-15"
woapol=$(realpath "$1") generator=$(realpath "$2") module=$(realpath "$3")
mkdir -p "$4"
work=$(realpath "$4")
rm -rf "${work:?}"/*
# shellcheck source=tests/postgres/server.sh
. "$here/server.sh"
[ -x "$pg_bin/postgres" ] || skip "there is no postgresql-15"
trap servers_end EXIT
trap 'exit 1' INT TERM

failed=0
# is TITLE EXPECTED GOT
is() {
    if [ "$2" = "$3" ]; then
        echo "ok - postgres $1" >>"$TAP"
    else
        failed=1
        echo "not ok - postgres $1: wanted '$2', got '$3'" | tr '\n' ' ' >>"$TAP"
        echo >>"$TAP"
        tail -n 1 "$TAP"
    fi
}
# image_sql NAME VERSION FILE: the statement that stores it, for psql.
image_sql() {
    printf "INSERT INTO woapol.policy (name, version, image) VALUES ('%s', %s, decode('%s', 'base64'));\n" \
        "$1" "$2" "$(base64 -w0 "$3")"
}

for one in one:deny two:allow; do
    sed "s/MARK/${one#*:}/" "$here/policy.woapol" >"$work/${one%:*}.woapol"
    "$woapol" build "$work/${one%:*}.woapol" -o "$work/${one%:*}.wob" -g "$(( ${#one} ))" 2>"$work/build.log" || cat "$work/build.log"
done
"$root/tests/corpus.sh" "$woapol" "$generator" "$work/corpus" "${POLICIES:-25}" 200

servers_prepare "$module" "$root"/runtime/modules/postgres/woapol.control "$root"/runtime/modules/postgres/woapol--*.sql || {
    is "a server can be made" yes no
    exit 1
}
files=$pg_work/files
cp "$work/one.wob" "$files/one.wob"
cp "$work/two.wob" "$files/work@2.wob"
head -c 1000 "$work/one.wob" >"$files/cut.wob"
: >"$files/empty.wob"
mkdir "$files/folder.wob"
mkfifo "$files/pipe.wob"
ln -s one.wob "$files/link.wob"
cp "$work/one.wob" "$pg_work/one.wob"
chmod -R a+rX "$files"
server_start one "woapol.directory = '$files'" || {
    is "a server starts" yes no
    exit 1
}

# PostgreSQL's own driver, by its own way of comparing.
regress=$(dirname "$("${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}" --pgxs)")/../test/regress/pg_regress
run_regress() {
    local inputs=$pg_work/regress tests
    tests="setup decide json refuse snapshot file rights remove"
    mkdir -p "$inputs/data"
    cp -r "$here/sql" "$here/expected" "$inputs"
    for one in one two; do base64 -w0 "$work/$one.wob" >"$inputs/data/$one.b64"; done
    [ "$(id -u)" != 0 ] || chown -R "$pg_user" "$inputs"
    # shellcheck disable=SC2086
    (cd "$inputs" && as_user "$regress" --bindir="$pg_bin" --inputdir="$inputs" --outputdir="$inputs" --host="$pg_work/socket-one" \
        --port="$port_one" --user=postgres --dbname=regression $tests) >"$work/regress.log" 2>&1
    for one in $tests; do
        is "pg_regress: $one" ok "$(grep -E "^(test )?$one " "$work/regress.log" | grep -o ' ok ' | tr -d ' ')"
    done
    [ ! -s "$inputs/regression.diffs" ] || cat "$inputs/regression.diffs"
    cp -r "$inputs/results" "$work/results"
}
if [ -x "$regress" ]; then
    run_regress
else
    echo "ok - postgres pg_regress # SKIP there is no pg_regress" >>"$TAP"
fi

for part in corpus parallel dump snapshot memory shards valgrind; do
    # shellcheck source=/dev/null
    . "$here/part_$part.sh"
done

for one in $pg_names; do
    is "$one: nobody crashed" '' "$(grep -E 'terminated by signal|PANIC|TRAP:' "$pg_work/$one.log" | head -n 3)"
    is "$one: still answers" 1 "$(sql "$one" -c 'SELECT 1' 2>&1)"
done
folder=$pg_work
servers_end
is "no server is left" '' "$(pgrep -f "$folder/root" | tr '\n' ' ')"
is "no folder is left" no "$([ -e "$folder" ] && echo yes || echo no)"
exit $failed
