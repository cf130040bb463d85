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
# What Criterion itself has leaked, by a stack of its own alone, is no test's.
own_leak=
for report in "$(printf %s "${ASAN_OPTIONS-}" | sed 's/:.*//; s/^log_path=//')".*; do
    grep -qs LeakSanitizer "$report" || continue
    grep -E '^ *#[0-9]+ ' "$report" | grep -qvE 'libsanitizer|libcriterion' && continue
    rm -f "$report"
    own_leak=yes
done
[ -n "$own_leak" ] && ! grep -q '^not ok' "$TAP" && status=0
exit $status
