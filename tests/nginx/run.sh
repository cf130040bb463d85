#!/bin/bash
# The module in a running nginx: run.sh WOAPOL MODULE WORK [sanitized]. Results go to $TAP.
set -u
woapol=$(realpath "$1") here=$(dirname "$(realpath "$0")")
if ! [ -s "$2" ]; then
    echo "ok - nginx # SKIP there is no nginx-dev" >"$TAP"
    exit 0
fi
module=$(realpath "$2")
kind=${4-plain}
mkdir -p "$3"
work=$(realpath "$3")
rm -rf "${work:?}"/*
: >"$TAP"
if [ "$kind" = sanitized ]; then
    preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
    ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0:verify_asan_link_order=0"
    export ASAN_OPTIONS
fi
# shellcheck source=tests/nginx/server.sh
. "$here/server.sh"
trap stop EXIT

failed=0
# is TITLE EXPECTED GOT
is() {
    if [ "$2" = "$3" ]; then
        echo "ok - nginx $1" >>"$TAP"
    else
        failed=1
        echo "not ok - nginx $1: wanted '$2', got '$3'" | tee -a "$TAP"
    fi
}
# logs TITLE PATTERN: the error log has such a line.
logs() {
    is "$1" yes "$(grep -qE "$2" "$work/error.log" && echo yes || tail -n 3 "$work/error.log")"
}
# logs_soon TITLE PATTERN: it has, or will have.
logs_soon() {
    until_is yes has_logged "$2" >/dev/null
    logs "$@"
}
has_logged() {
    grep -qE "$1" "$work/error.log" && echo yes
}
# status TITLE EXPECTED PATH [CURL-ARGUMENT...]
status() {
    title=$1 wanted=$2
    shift 2
    is "$title" "$wanted" "$(get "$@")"
}
# make_image FILE MARK GENERATION [OPTION...]
make_image() {
    image=$1
    sed "s/MARK/$2/" "$here/policy.woapol" >"$work/source.woapol"
    generation=$3
    shift 3
    "$woapol" build "$work/source.woapol" -o "$image" -g "$generation" "$@" 2>"$work/build.log" ||
        cat "$work/build.log"
}
# publish FILE: into use, by rename.
publish() {
    cp "$1" "$work/live.new" && mv "$work/live.new" "$work/live.wob"
}
# until_is WANTED COMMAND...: asks again until it is so, for as long as a busy machine may need.
until_is() {
    wanted=$1
    shift
    for again in $(seq 1800); do
        got=$("$@")
        [ "$got" = "$wanted" ] && break
        sleep 0.1
    done
    echo "$got"
}
generation_now() {
    get /variables >/dev/null
    header X-Generation
}
refusals() {
    grep -c 'is refused, the one before stays in use' "$work/error.log"
}

make_image "$work/one.wob" first 1
make_image "$work/two.wob" second 2
make_image "$work/three.wob" third 3
"$woapol" keygen "$work/a.key" >/dev/null && "$woapol" keygen "$work/b.key" >/dev/null
make_image "$work/signed.wob" first 1 --sign "$work/a.key"
make_image "$work/twice.wob" first 1 --sign "$work/a.key" --sign "$work/b.key"
head -c 1000 "$work/two.wob" >"$work/cut.wob"
{ head -c 2000 "$work/two.wob"; printf 'XX'; tail -c +2003 "$work/two.wob"; } >"$work/bad.wob"

for part in decide traps groups refuse reload load; do
    # The load is measured in the plain run only: sanitizers keep freed memory.
    [ "$kind/$part" != sanitized/load ] || continue
    expected_alarms='^$'
    # shellcheck source=/dev/null
    . "$here/part_$part.sh"
    stop >>"$work/stop.log"
    [ -s "$work/stop.log" ] && is "$part: ends by itself" '' "$(cat "$work/stop.log")"
    grep -E '\[(alert|crit|emerg)\]|runtime error|Sanitizer' "$work/error.log" | grep -vE "$expected_alarms" >"$work/alarms"
    is "$part: nothing alarming in the log" '' "$(cat "$work/alarms")"
done
exit $failed
