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
    include/woapol.h include/woapol_host.h lib/cmake/woapol/woapolConfig.cmake share/man/man1/woapol.1 share/bash-completion/completions/woapol; do
    expect "installs $file" test -s "$stage/opt/woapol/$file"
done
expect "installs nothing outside the prefix" test "$(ls "$stage")" = opt

# The unit for systemd: it names what was installed, systemd finds nothing wrong with
# it, and what it starts starts, and says so as Type=notify must.
unit=$stage/opt/woapol/lib/systemd/system/woapol.service
expect "the unit starts the installed tool" grep -q '^ExecStart=/opt/woapol/bin/woapol serve' "$unit"
sed "s|/opt/woapol|$stage/opt/woapol|" "$unit" >"$work/woapol.service"
if command -v systemd-analyze >/dev/null; then
    expect "the unit is one" systemd-analyze verify --man=no "$work/woapol.service"
    expect "the unit has nothing that systemd passes over" sh -c \
        "test -z \"\$(systemd-analyze verify --man=no '$work/woapol.service' 2>&1)\""
    # Exposure in tenths, from 0 to 100; what serves the network cannot be below 10.
    expect "the unit is hardened" systemd-analyze security --offline=true --threshold=15 --no-pager "$work/woapol.service"
else
    echo "ok - api the unit is one # SKIP there is no systemd-analyze" >>"$TAP"
fi
expect "the unit's man page is installed" test -s "$stage/opt/woapol/share/man/man1/woapol.1"
"$stage/opt/woapol/bin/woapol" build "$here/policy.woapol" -o "$work/unit.wob" >"$work/out" 2>&1
cat >"$work/unit.py" <<'X'
# As systemd starts it: unit.py UNIT WORK
import os, signal, socket, subprocess, sys
unit, work = sys.argv[1:3]
with open(unit) as file:
    start = [line[10:].split() for line in file if line.startswith("ExecStart=")][0]
assert start.pop() == "$WOAPOL_SERVE", start
os.chdir(work)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
    notified.bind("notify")
    notified.settimeout(120)
    made = subprocess.Popen([*start, "unit.wob", "--listen", "unix:auth", "--trusted-proxy", "unix"],
                            env={**os.environ, "NOTIFY_SOCKET": work + "/notify"})
    assert b"READY=1" in notified.recv(4096)
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect("auth")
    asked.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
    assert asked.recv(4096).split()[1] in (b"200", b"401", b"403")
made.send_signal(signal.SIGTERM)
assert made.wait(10) == 0
X
expect "what the unit starts says that it is ready, answers, and ends" /usr/bin/python3 "$work/unit.py" "$work/woapol.service" "$work"

PKG_CONFIG_PATH=$stage/opt/woapol/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$stage
LD_LIBRARY_PATH=$stage/opt/woapol/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
flags=$(pkg-config --cflags --libs libwoapol) || echo "not ok - api pkg-config" >>"$TAP"

# The library wants nothing but libc, and shows nothing but its own names.
expect "needs only libc" sh -c "! readelf -d $LD_LIBRARY_PATH/libwoapol.so | grep NEEDED | grep -v 'libc.so'"
# The ABI: what the headers declare, what the map says and what the library has.
sed -n 's/^ *\(woapol_[a-z_0-9]*\);$/\1/p' "$here/../../runtime/woapol.map" | sort >"$work/map"
nm -D --defined-only "$LD_LIBRARY_PATH/libwoapol.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/symbols"
cat "$stage"/opt/woapol/include/woapol*.h | tr '\n' ' ' | grep -oE 'WOAPOL_API[^;(]*\(' |
    grep -oE 'woapol_[a-z_0-9]+ *\($' | tr -d ' (' | sort >"$work/declared"
expect "exports what the map says" diff "$work/map" "$work/symbols"
expect "the map says what the headers declare" diff "$work/declared" "$work/map"
expect "every symbol has its version" sh -c \
    "! nm -D --defined-only $LD_LIBRARY_PATH/libwoapol.so | grep ' T ' | grep -v '@@WOAPOL_0.1'"

# A header for C++ programs, too.
echo '#include <woapol.h>
#include <woapol_host.h>
int main() { return woapol_version() == nullptr; }' >"$work/header.cpp"
# shellcheck disable=SC2086
expect "header in C++" g++ -Wall -Wextra -Werror -std=c++11 "$work/header.cpp" -o "$work/header" $flags

for generation in 1 2; do
    "$stage/opt/woapol/bin/woapol" build "$here/policy.woapol" -o "$work/policy$generation.wob" -g $generation ||
        echo "not ok - api builds its policy" >>"$TAP"
done
mv "$work/policy2.wob" "$work/policy.wob"
for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2086
    expect "$name compiles" "$cc" -std=c11 -Wall -Wextra -Werror -O1 "$source" -o "$work/$name" $flags -lpthread
    set -- "$work/policy.wob"
    [ "$name" != reload ] || set -- "$@" "$work/policy1.wob"
    expect "$name runs" "$work/$name" "$@"
    # ThreadSanitizer needs the sources compiled with it, so it takes them as they are.
    # shellcheck disable=SC2046
    expect "$name compiles for the thread sanitizer" "$cc" -std=c11 -D_GNU_SOURCE -w -g -O1 -fsanitize=thread \
        -iquote "$here/../../runtime" -I "$here/../../runtime/include" -iquote "$here/../../runtime/include" \
        "$source" $(ls "$here"/../../runtime/*.c) -o "$work/$name-tsan" -lpthread
    expect "$name runs under the thread sanitizer" "$work/$name-tsan" "$@"
done
# Found by CMake, and wherever the whole of it is moved to.
if command -v cmake >/dev/null; then
    mkdir -p "$work/cmake"
    cp "$here/embed.c" "$here/session.h" "$work/cmake"
    cat >"$work/cmake/CMakeLists.txt" <<X
cmake_minimum_required(VERSION 3.18)
project(embed C)
find_package(woapol REQUIRED)
foreach(kind woapol static)
    add_executable(embed-\${kind} embed.c)
    target_link_libraries(embed-\${kind} woapol::\${kind})
endforeach()
X
    expect "cmake finds it" cmake -S "$work/cmake" -B "$work/cmake/build" -DCMAKE_PREFIX_PATH="$stage/opt/woapol"
    expect "cmake builds with it" cmake --build "$work/cmake/build"
    expect "what cmake has built runs" "$work/cmake/build/embed-woapol" "$work/policy.wob"
    expect "linked statically, too" "$work/cmake/build/embed-static" "$work/policy.wob"
fi
# The C blocks of docs/embedding.md, each a whole program.
awk -v folder="$work" '/^```c$/ { file = sprintf("%s/doc-%d.c", folder, ++count); next }
    /^```/ { file = "" } file { print > file }' "$here/../../docs/embedding.md"
for source in "$work"/doc-*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2086
    expect "$name of docs/embedding.md compiles" "$cc" -std=c11 -Wall -Wextra -Werror "$source" -o "$work/$name" $flags
    expect "$name of docs/embedding.md runs" "$work/$name" "$work/policy.wob"
done
! grep -q '^not ok' "$TAP"
