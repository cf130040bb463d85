#!/bin/sh
# Holds what woapol writes as JSON to the schemas: run.sh WOAPOL TAP CACHE
# Ours are in docs/schema. The published one of SARIF 2.1.0 comes from the npm
# package that carries it and is kept in CACHE; without npm that is skipped, and
# said so.
woapol=$1 tap=$2 cache=$3
schemas=docs/schema
package=@microsoft/jest-sarif@1.0.0-beta.0
sarif=$cache/package/lib/schemas/sarif-2.1.0-rtm.5.json
: >"$tap"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/findings" "$work/sarif" "$work/requests" "$work/decisions" "$work/explain" "$cache"

if ! [ -s "$sarif" ]; then
    (cd "$cache" && npm pack --silent "$package" && tar xzf microsoft-jest-sarif-*.tgz) >/dev/null 2>&1
fi

for policy in tests/golden/*/*.woapol examples/*/policy.woapol; do
    [ -f "$policy" ] || continue
    name=$(echo "${policy%.woapol}" | tr / .)
    "$woapol" check --format json "$policy" >"$work/findings/$name.json"
    "$woapol" check --format sarif "$policy" >"$work/sarif/$name.json"
done
for requests in examples/*/requests.jsonl; do
    [ -f "$requests" ] || continue
    folder=$(dirname "$requests")
    name=$(basename "$folder")
    cp "$requests" "$work/requests/$name.jsonl"
    "$woapol" eval "$folder/policy.woapol" <"$requests" >"$work/decisions/$name.jsonl"
done
mkdir -p "$work/replay" "$work/simulate"
echo '{}' >"$work/simulate/bad-without-keys.json"
echo '{}' >"$work/replay/bad-without-keys.json"
for requests in examples/*/requests.jsonl; do
    [ -f "$requests" ] || continue
    folder=$(dirname "$requests")
    name=$(basename "$folder").json
    "$woapol" replay "$folder/policy.woapol" "$requests" --format json >"$work/replay/one.$name"
    "$woapol" simulate "$folder/policy.woapol" --request "$(head -n 1 "$requests")" --format json \
        >"$work/simulate/$name"
    "$woapol" simulate "$folder/policy.woapol" --request '{"device":"ios"}' --enroll --format json \
        >"$work/simulate/enroll.$name"
    "$woapol" replay --old examples/okta-enrollment/policy.woapol --new "$folder/policy.woapol" \
        --format json "$requests" >"$work/replay/two.$name"
done
analyses='prove diff who-can matrix simplify coverage mutate'
for analysis in $analyses; do
    mkdir -p "$work/$analysis"
    echo '{}' >"$work/$analysis/bad-without-keys.json"
done
for policy in examples/*/policy.woapol tests/golden/analysis/*.woapol; do
    [ -f "$policy" ] && "$woapol" check --format json "$policy" >/dev/null 2>&1 || continue
    name=$(echo "${policy%.woapol}" | tr / .).json
    "$woapol" prove --format json "$policy" >"$work/prove/$name"
    "$woapol" matrix --format json "$policy" >"$work/matrix/$name"
    "$woapol" simplify --format json "$policy" >"$work/simplify/$name"
    "$woapol" who-can --format json "$policy" deny >"$work/who-can/$name"
    "$woapol" test --coverage --format json "$policy" >"$work/coverage/$name"
    "$woapol" test --mutate --format json "$policy" >"$work/mutate/$name"
    "$woapol" diff --format json examples/okta-enrollment/policy.woapol "$policy" >"$work/diff/$name"
done
mkdir -p "$work/same"
echo '{}' >"$work/same/bad-without-keys.json"
for policy in tests/golden/same/*.woapol; do
    "$woapol" prove --same access okta --format json "$policy" 2>/dev/null \
        >"$work/same/$(basename "$policy").json"
done
find "$work/same" -empty -delete # what a tenant cannot hold has no answer
mkdir -p "$work/sync-check"
echo '{}' >"$work/sync-check/bad-without-keys.json"
printf 'user,groups\nana,Sales\nbob,Sales\n' >"$work/a.csv"
printf 'user,groups\nana,Sales EMEA;Sales\ncy,\n' >"$work/b.csv"
for policy in tests/golden/same/*.woapol; do
    "$woapol" sync-check --access "$work/a.csv" --okta "$work/b.csv" --format json "$policy" \
        >"$work/sync-check/$(basename "$policy").json"
done
mkdir -p "$work/bench"
echo '{}' >"$work/bench/bad-without-keys.json"
for policy in examples/*/policy.woapol; do
    "$woapol" bench --requests 8 --format json "$policy" \
        >"$work/bench/$(basename "$(dirname "$policy")").json"
done
# What they show as witnesses are requests.
for analysis in prove diff who-can replay same; do
    for document in "$work/$analysis"/[!b]*.json; do
        jq -c '.. | .witness? // empty' "$document" >"$work/requests/$analysis.$(basename "$document")l"
    done
done
find "$work/requests" -empty -delete

"$woapol" explain all --format json >"$work/explain/all.json"
echo '{"findings":[{"code":"WOA1001"}]}' >"$work/findings/bad-without-keys.json"
echo '{"id":1,"effect":"deny"}' >"$work/decisions/bad-without-keys.jsonl"
echo '{"ip":"198.51.100.7","risk":"some"}' >"$work/requests/bad-risk.jsonl"
echo '{"version":"2.1.0"}' >"$work/sarif/bad-without-runs.json"

# A validator that crashes has no verdict, which must not pass for silence.
validate() {
    schema=$1 folder=$2
    /usr/bin/python3 tests/schema/validate.py "$schema" "$work/$folder"/* >"$work/verdict" 2>&1
    status=$?
    cat "$work/verdict" >>"$tap"
    if [ $status != 0 ] && ! grep -q '^not ok' "$work/verdict"; then
        printf '\nnot ok - %s: the validator failed\n' "$folder" >>"$tap"
    fi
}

validate $schemas/findings.json findings
validate $schemas/request.json requests
validate $schemas/decision.json decisions
validate $schemas/replay.json replay
validate $schemas/simulate.json simulate
validate $schemas/same.json same
validate $schemas/sync-check.json sync-check
validate $schemas/bench.json bench
validate $schemas/diagnostics.json explain
for analysis in $analyses; do
    validate "$schemas/$analysis.json" "$analysis"
done
if [ -s "$sarif" ]; then
    validate "$sarif" sarif
else
    echo "ok - sarif # SKIP $package could not be had from npm" >>"$tap"
fi
! grep '^not ok' -A 5 "$tap"
