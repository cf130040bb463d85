#!/bin/sh
# Runs one part of the tests: part.sh BUILD NAME COMMAND...
# The command writes TAP lines to $TAP. What it prints is shown only when it
# fails; a failure that left no failed line in the results is added to them.
build=$(realpath "$1") name=$2
shift 2
TAP=$build/tests/results/$name.tap
log=$build/tests/results/$name.log
reports=$build/tests/reports
export TAP
mkdir -p "$build/tests/results" "$reports"
rm -f "$TAP" "$reports/$name".*
# GCC 12 takes a block of thread-local memory for one of an old C library when its address
# happens to end as those did, follows what is not a pointer, and dies when it looks for leaks
# (google/sanitizers#1322, mended in GCC 14). So it is not to keep a record of such blocks.
ASAN_OPTIONS=log_path=$reports/$name:detect_leaks=1:allocator_may_return_null=1:intercept_tls_get_addr=0
UBSAN_OPTIONS=log_path=$reports/$name:print_stacktrace=1
TSAN_OPTIONS=log_path=$reports/$name:second_deadlock_stack=1
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
# A symbolizer that is not there would complain into the reports.
if ! command -v llvm-symbolizer >/dev/null; then
    case $name in fuzz*) ASAN_OPTIONS=$ASAN_OPTIONS:symbolize=0 UBSAN_OPTIONS=$UBSAN_OPTIONS:symbolize=0 ;; esac
fi
start=$(date +%s)
timeout -k 10 "${PART_TIMEOUT:-1800}" "$@" >"$log" 2>&1
status=$?
if [ $status != 0 ]; then
    cat "$log"
    grep -q '^not ok' "$TAP" 2>/dev/null ||
        printf '\nnot ok - %s ended with status %s\n' "$name" $status >>"$TAP"
fi
echo "part $name: $(($(date +%s) - start)) s"
