#!/bin/sh
# The installed library, as somebody else's program sees it: only <woapol.h> and
# pkg-config. run.sh CC BUILD MAKE...; results go to $TAP.
set -u
cc=$1 build=$(realpath "$2")
shift 2
here=$(dirname "$(realpath "$0")")
stage=$build/tests/stage
work=$build/tests/api
rm -rf "$stage" "$work"
mkdir -p "$work"
: >"$TAP"

expect() {
    title=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "ok - api $title" >>"$TAP"
    else
        echo "not ok - api $title" >>"$TAP"
        echo "api $title:"
        tail -n 40 "$work/out"
    fi
}

expect "make install" "$@" -C "$here/../.." BUILD="$build" DESTDIR="$stage" PREFIX=/opt/woapol install
for file in bin/woapol lib/libwoapol.a lib/libwoapol.so lib/libwoapol.so.0 lib/pkgconfig/libwoapol.pc \
    include/woapol.h share/man/man1/woapol.1 share/bash-completion/completions/woapol; do
    expect "installs $file" test -s "$stage/opt/woapol/$file"
done
expect "installs nothing outside the prefix" test "$(ls "$stage")" = opt

PKG_CONFIG_PATH=$stage/opt/woapol/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$stage
LD_LIBRARY_PATH=$stage/opt/woapol/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
flags=$(pkg-config --cflags --libs libwoapol) || echo "not ok - api pkg-config" >>"$TAP"

# The library wants nothing but libc, and shows nothing but its own names.
expect "needs only libc" sh -c "! readelf -d $LD_LIBRARY_PATH/libwoapol.so | grep NEEDED | grep -v 'libc.so'"
expect "exports only woapol_*" sh -c \
    "! nm -D --defined-only $LD_LIBRARY_PATH/libwoapol.so | awk '{ print \$3 }' | grep -vE '^(woapol_[a-z_]*(@.*)?|WOAPOL_[0-9.]*|)\$'"

# A header for C++ programs, too.
echo '#include <woapol.h>
int main() { return woapol_version() == nullptr; }' >"$work/header.cpp"
# shellcheck disable=SC2086
expect "header in C++" g++ -Wall -Wextra -Werror -std=c++11 "$work/header.cpp" -o "$work/header" $flags

"$stage/opt/woapol/bin/woapol" build "$here/policy.woapol" -o "$work/policy.wob" ||
    echo "not ok - api builds its policy" >>"$TAP"
for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2086
    expect "$name compiles" "$cc" -std=c11 -Wall -Wextra -Werror -O1 "$source" -o "$work/$name" $flags -lpthread
    expect "$name runs" "$work/$name" "$work/policy.wob"
    # ThreadSanitizer needs the sources compiled with it, so it takes them as they are.
    # shellcheck disable=SC2046
    expect "$name compiles for the thread sanitizer" "$cc" -std=c11 -D_GNU_SOURCE -w -g -O1 -fsanitize=thread \
        -iquote "$here/../../runtime" -I "$here/../../runtime/include" -iquote "$here/../../runtime/include" \
        "$source" $(ls "$here"/../../runtime/*.c) -o "$work/$name-tsan" -lpthread
    expect "$name runs under the thread sanitizer" "$work/$name-tsan" "$work/policy.wob"
done
! grep -q '^not ok' "$TAP"
