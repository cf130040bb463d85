#!/bin/bash
# Replaying an Okta System Log against only reading it: bench_replay.sh WOAPOL. Prints
# records as record.h describes them.
#
# On one file in one run: `jq -c .`, DuckDB's JSON reader with one thread and with two (the
# fields that a replay reads, their types told; without the start of node), and a replay of two policies
# with one thread and with two. The quickest of ROUNDS, in turns, counts for each. On a busy
# machine the time that cores were busy says more than the clock: "of the processor's time".
set -u
woapol=$(realpath "$1") here=$(realpath "$(dirname "$0")")
LINES_OF_LOG=${LINES_OF_LOG:-600000} ROUNDS=${ROUNDS:-3}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

record() { # METRIC VALUE UNIT AGAINST RATIO
    printf '{"bench":"replay","size":%s,"metric":"%s","value":%s,"unit":"%s","against":%s,"ratio":%s}\n' "$LINES_OF_LOG" "$@"
}

# Lines as Okta writes them, of 1.5 KB; of five sign-ins two are of the same people.
awk -v lines="$LINES_OF_LOG" 'BEGIN {
    srand(8)
    for (i = 0; i < lines; i++) {
        u = int(rand() * rand() * 20000)
        type = rand() < 0.7 ? "policy.evaluate_sign_on" : "user.authentication.sso"
        printf "{\"actor\":{\"id\":\"00u%06dAbCdEf\",\"type\":\"User\",\"alternateId\":\"user%d@corp.example\",\"displayName\":\"User %d\",\"detailEntry\":null},", u, u, u
        printf "\"client\":{\"userAgent\":{\"rawUserAgent\":\"%s\",\"os\":\"Windows 10\",\"browser\":\"CHROME\"},\"zone\":\"null\",\"device\":\"Computer\",\"id\":null,\"ipAddress\":\"%s.%d\",\"geographicalContext\":{\"city\":\"Lyon\",\"state\":null,\"country\":\"France\",\"postalCode\":\"69001\",\"geolocation\":{\"lat\":45.7485,\"lon\":4.8467}}},", (u % 3 ? "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36" : "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"), (u % 2 ? "198.51.100" : "203.0.113"), u % 256
        printf "\"device\":{\"id\":\"guo%d\",\"name\":\"Laptop\",\"os_platform\":\"WINDOWS\",\"os_version\":\"10.0.19045\",\"managed\":%s,\"registered\":true},\"authenticationContext\":{\"authenticationProvider\":null,\"credentialProvider\":null,\"credentialType\":null,\"issuer\":null,\"interface\":null,\"authenticationStep\":0,\"externalSessionId\":\"102s%08d\"},", u, (u % 5 ? "true" : "false"), i
        printf "\"displayMessage\":\"Evaluation of sign-on policy\",\"eventType\":\"%s\",\"outcome\":{\"result\":\"%s\",\"reason\":\"Sign-on policy evaluation resulted in CHALLENGE\"},\"published\":\"2026-03-%02dT%02d:%02d:%02d.%03dZ\",", type, (u % 4 ? "CHALLENGE" : "ALLOW"), 1 + int(i * 28 / lines), rand() * 24, rand() * 60, rand() * 60, rand() * 1000
        printf "\"securityContext\":{\"asNumber\":64500,\"asOrg\":\"example\",\"isp\":\"example\",\"domain\":\".\",\"isProxy\":false},\"severity\":\"INFO\",\"debugContext\":{\"debugData\":{\"deviceFingerprint\":\"%08x\",\"requestId\":\"Zr%08d\",\"requestUri\":\"/app/wiki/exk1/sso/saml\",\"risk\":\"{reasons=Anomalous Location, level=%s}\",\"threatSuspected\":\"false\",\"url\":\"/app/wiki/exk1/sso/saml?\"}},\"legacyEventType\":\"app.oauth2.signon\",", i * 7, i, (u % 9 ? "LOW" : "MEDIUM")
        printf "\"transaction\":{\"type\":\"WEB\",\"id\":\"Zt%08d\",\"detail\":{}},\"uuid\":\"%08x-5f1a-11ef-8b1e-%012d\",\"version\":\"0\",\"request\":{\"ipChain\":[{\"ip\":\"198.51.100.7\",\"geographicalContext\":{\"city\":\"Lyon\",\"state\":null,\"country\":\"France\",\"postalCode\":\"69001\",\"geolocation\":{\"lat\":45.7485,\"lon\":4.8467}},\"version\":\"V4\",\"source\":null}]},", i, i, i
        printf "\"target\":[{\"id\":\"0oa%d\",\"type\":\"AppInstance\",\"alternateId\":\"Wiki\",\"displayName\":\"%s\",\"detailEntry\":null},{\"id\":\"rul1\",\"type\":\"Rule\",\"alternateId\":\"unknown\",\"displayName\":\"%s\",\"detailEntry\":null}]}\n", u % 40, (u % 4 ? "Wiki" : "Payroll"), (u % 2 ? "office" : "staff")
    }
}' >"$work/log.jsonl"
{ echo user,groups; seq 0 20000 | awk '{ printf "user%d@corp.example,%s\n", $1, $1 % 3 ? "Staff" : "Staff;Contractors" }'; } >"$work/people.csv"
cat >"$work/old.woapol" <<'E'
network Office = 198.51.100.0/24
group Staff
group Contractors
app Payroll
policy Main is default {
  rule office when network in Office and group in Staff allow
  rule staff when group in Staff authenticate password
  otherwise deny
}
policy Finance for Payroll { rule staff when group in Staff and managed authenticate fido2 }
E
sed 's/and group in Staff allow/and managed allow/' "$work/old.woapol" >"$work/new.woapol"

now() { date +%s%N; }
replay() { # THREADS
    "$woapol" replay --old "$work/old.woapol" --new "$work/new.woapol" "$work/log.jsonl" --people "$work/people.csv" --threads "$1" --format json >"$work/report"
}
# The high-water mark of the memory, in a run of its own: looking costs time, too.
watch_memory() {
    local pid memory
    replay 2 &
    pid=$!
    while memory=$(awk '/VmHWM/ { print $2 }' /proc/"$(pgrep -P $pid || echo $pid)"/status 2>/dev/null) && [ -n "$memory" ]; do
        echo "$memory" >>"$work/memory"
        sleep 0.1
    done
    wait $pid
}
timed() { # NAME COMMAND...
    local name=$1 start TIMEFORMAT='%U %S'
    start=$(now)
    shift
    { time "$@" >/dev/null 2>"$work/error"; } 2>"$work/busy" || { echo "bench_replay: $name failed" >&2; exit 1; }
    echo "$name $(($(now) - start)) $(awk '{ printf "%.0f", ($1 + $2) * 1e9 }' "$work/busy")" >>"$work/times"
}
duckdb=
npm=${NPM_FOLDER:-$(dirname "$woapol")/bench/replay-npm}
if command -v node npm >/dev/null; then
    mkdir -p "$npm" && cp "$here/bench_replay.mjs" "$npm" && echo '{"private":true}' >"$npm/package.json"
    (cd "$npm" && npm install --no-audit --no-fund --silent @duckdb/node-api@1.5.6-r.1) >&2 && duckdb=yes
fi
[ -n "$duckdb" ] || echo "bench_replay: there is no DuckDB" >&2
cat "$work/log.jsonl" >/dev/null
for _ in $(seq "$ROUNDS"); do
    timed replay1 replay 1
    timed jq jq -c . "$work/log.jsonl"
    timed replay2 replay 2
    for threads in 1 2; do
        [ -z "$duckdb" ] || echo "duckdb$threads $(cd "$npm" && node bench_replay.mjs "$work/log.jsonl" $threads 1)" >>"$work/times"
    done
done
watch_memory
best() { awk -v name="$1" -v c="${2:-2}" '$1 == name && (!best || $c < best) { best = $c } END { print best }' "$work/times"; }
rate() { awk -v n="$LINES_OF_LOG" -v ns="$(best "$1")" 'BEGIN { printf "%.0f", n * 1e9 / ns }'; }
ratio() { awk -v a="$(best "$1" "${3:-2}")" -v b="$(best "$2" "${3:-2}")" 'BEGIN { printf "%.2f", b / a }'; }
jq -e '.read == .decided + .skipped and .decided > 0' "$work/report" >/dev/null || { echo "bench_replay: lines were lost" >&2; exit 1; }
record "jq -c ." "$(rate jq)" "lines/s" null null
record "replay, one thread" "$(rate replay1)" "lines/s" '"jq -c ."' "$(ratio replay1 jq)"
record "replay, two threads" "$(rate replay2)" "lines/s" '"one thread"' "$(ratio replay2 replay1)"
for threads in 1 2; do
    [ -z "$duckdb" ] || record "replay, threads: $threads" "$(rate replay$threads)" "lines/s" '"DuckDB with as many"' "$(ratio replay$threads duckdb$threads)"
done
record "replay, of the processor's time" "$(awk -v n="$LINES_OF_LOG" -v ns="$(best replay1 3)" 'BEGIN { printf "%.0f", n * 1e9 / ns }')" "lines/s" '"jq -c ."' "$(ratio replay1 jq 3)"
[ -z "$duckdb" ] || record "replay, of the processor's time" "$(awk -v n="$LINES_OF_LOG" -v ns="$(best replay1 3)" 'BEGIN { printf "%.0f", n * 1e9 / ns }')" "lines/s" '"DuckDB with one thread"' "$(ratio replay1 duckdb1 3)"
record "memory" "$(sort -n "$work/memory" | tail -1)" "KiB" null null
