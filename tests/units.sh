#!/bin/sh
# Runs a Criterion program and writes its results to $TAP, one line a test.
# Criterion exits with 0 when a test has only leaked; part.sh keeps the reports.
"$1" --jobs 2 --quiet --tap="$TAP"
status=$?
# A program whose tests are fewer than it planned has not run them all.
planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$TAP" | head -n 1)
ran=$(grep -cE '^(not )?ok' "$TAP")
if [ "${planned:-0}" != "$ran" ]; then
    printf "\nnot ok - units: %s of %s tests ran\n" "$ran" "${planned:-0}" >>"$TAP"
fi
# What Criterion itself has leaked is no test's: a report all of whose frames are its
# own. Any other report, or another status, stands.
reports=$(printf %s "${ASAN_OPTIONS-}" | sed 's/:.*//; s/^log_path=//')
own_leak='' others=''
for report in "$reports".*; do
    [ -n "$reports" ] && [ -f "$report" ] || continue
    frames=$(grep -E '^ *#[0-9]+ ' "$report")
    if grep -q LeakSanitizer "$report" && echo "$frames" | grep -q libcriterion &&
        ! echo "$frames" | grep -qvE 'libsanitizer|libcriterion'; then
        rm -f "$report"
        own_leak=yes
    else
        others=yes
    fi
done
[ "$status" = 1 ] && [ -n "$own_leak" ] && [ -z "$others" ] && ! grep -q '^not ok' "$TAP" && status=0
exit $status
