#!/bin/sh
# Counts the TAP files of all parts and prints the closing line.
#   summary.sh RESULTS REPORTS PART...
# RESULTS holds PART.tap; REPORTS is where sanitizers leave their reports. A part
# without results, and a sanitizer's report, are failures.
results=$1 reports=$2
shift 2
passed=0 failed=0 skipped=0

count() {
    grep -c "$1" "$2" || :
}

for part in "$@"; do
    tap=$results/$part.tap
    if ! [ -s "$tap" ]; then
        printf '%-16s did not run\n' "$part"
        failed=$((failed + 1))
        continue
    fi
    bad=$(count '^not ok' "$tap")
    skip=$(count '^ok.*# SKIP' "$tap")
    good=$(($(count '^ok' "$tap") - skip))
    if [ $((good + bad)) = 0 ] && [ "$skip" = 0 ]; then
        printf '%-16s has no tests\n' "$part"
        bad=1
    fi
    printf '%-16s %5d passed %5d failed' "$part" "$good" "$bad"
    [ "$skip" = 0 ] || printf ' %5d skipped' "$skip"
    echo
    grep '^not ok' "$tap" | sed 's/^not ok [0-9]* *-* */    failed: /'
    grep '^ok.*# SKIP' "$tap" | sed 's/^ok [0-9]* *-* */    skipped: /'
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

for report in "$reports"/*; do
    [ -e "$report" ] || continue
    failed=$((failed + 1))
    echo "    failed: a sanitizer reported ($report)"
    head -n 20 "$report" | sed 's/^/        /'
done

closing="$passed passed, $failed failed"
[ $skipped = 0 ] || closing="$closing, $skipped skipped"
echo "$closing" | tee "$results/../closing"
[ $failed = 0 ] && [ $passed -gt 0 ]
