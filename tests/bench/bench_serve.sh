#!/bin/bash
# The daemon against nginx's `return 204`: bench_serve.sh WOAPOL [FOLDER]. Prints
# records as record.h describes them, and a table on standard error.
#
# The servers take turns, a second each, and who is first changes from round to round;
# throughput is wrk's, and the figure is the median of the rounds' ratios. A 99th
# percentile is that of all requests of all rounds together: that of one second
# tells of what else the machine did in it. Forward-auth with three facts from headers
# is what is asked; by all protocols where there is a client for them.
set -u
woapol=$(realpath "$1")
work=${2:-$(mktemp -d)}
mkdir -p "$work"
work=$(realpath "$work")
ROUNDS=${ROUNDS:-20} SECONDS_EACH=${SECONDS_EACH:-1} RULES=${RULES:-10000}
for tool in nginx wrk curl; do
    command -v $tool >/dev/null || PATH=$PATH:/usr/sbin
    command -v $tool >/dev/null || { echo "bench_serve: there is no $tool" >&2; exit 0; }
done
pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
    pids=()
}
trap stop EXIT

record() { # METRIC SIZE VALUE UNIT AGAINST RATIO
    printf '{"bench":"serve","size":%s,"metric":"%s","value":%s,"unit":"%s","against":%s,"ratio":%s}\n' \
        "$2" "$1" "$3" "$4" "$5" "$6"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

awk -v rules="$RULES" 'BEGIN {
    for (i = 1; i <= rules; i++)
        printf "network N%d = 10.%d.%d.0/24 + 100.%d.%d.0/24\n", i, i / 256 % 256, i % 256, 64 + i / 256 % 64, i % 256
    for (i = 1; i <= rules / 10; i++) printf "group Team%d\n", i
    print "network Office = 198.51.100.0/24\ngroup Staff\npolicy P is default {"
    for (i = 1; i <= rules; i++)
        printf "  rule r%d when network in N%d and group in Team%d deny\n", i, i, 1 + i % (rules / 10)
    print "  rule staff when network in Office and group in Staff allow\n  otherwise deny\n}"
}' >"$work/policy.woapol"
"$woapol" build "$work/policy.woapol" -o "$work/policy.wob" 2>/dev/null || exit 1

start_nginx() { # THREADS
    cat >"$work/nginx.conf" <<X
daemon off; worker_processes $1; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000;
$(for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$kind;"; done)
server { listen 127.0.0.1:$nginx_port reuseport; location / { return 204; } } }
X
    nginx -p "$work" -c "$work/nginx.conf" 2>>"$work/nginx.err" &
    pids+=($!)
}
start_woapol() { # THREADS
    "$woapol" serve "$work/policy.wob" --listen http:127.0.0.1:0 --listen grpc:127.0.0.1:0 \
        --listen api:127.0.0.1:0 --threads "$1" --trusted-proxy 127.0.0.1 \
        --fact groups=X-Groups --fact user=X-User 2>"$work/woapol.err" &
    daemon=$!
    pids+=($daemon)
    for _ in $(seq 100); do
        [ "$(grep -c listening "$work/woapol.err")" = 3 ] && break
        sleep 0.1
    done
    port=$(sed -n 's/.*http:127.0.0.1://p' "$work/woapol.err")
    grpc=$(sed -n 's/.*grpc:127.0.0.1://p' "$work/woapol.err")
}
nginx_port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
headers=(-H 'X-Forwarded-For: 198.51.100.9' -H 'X-Groups: Team4711, Staff' -H 'X-User: ana@corp.example')

# What wrk says last: requests a second, how many failed, the 99th percentile in
# milliseconds; and how many requests took how many microseconds.
cat >"$work/last.lua" <<'X'
done = function(summary, latency)
    local errors = summary.errors
    print("result", summary.requests / summary.duration * 1e6,
          errors.status + errors.read + errors.write + errors.timeout + errors.connect,
          latency:percentile(99) / 1000)
    for i = 1, #latency do
        print("took", latency(i))
    end
end
X
measure() { # PORT NAME: a line for $work/rounds.NAME, and the times to $work/times.NAME
    wrk -t1 -c32 -d"${SECONDS_EACH}s" -s "$work/last.lua" "${headers[@]}" "http://127.0.0.1:$1/" |
        awk -v times="$work/times.$2" '$1 == "took" { print $2, $3 >>times }
            $1 == "result" { print $2, $4; failed = $3 > 0 } END { exit failed }' >>"$work/rounds.$2" ||
        { echo "bench_serve: requests to $2 failed" >&2; exit 1; }
}
percentile() { # NAME: the 99th of all rounds, in milliseconds
    sort -n "$work/times.$1" | awk '{ value[NR] = $1; count[NR] = $2; all += $2 }
        END { for (i = 1; sum < 0.99 * all; i++) sum += count[i]; print value[i - 1] / 1000 }'
}

for threads in 1 2; do
    start_woapol $threads
    start_nginx $threads
    sleep 0.5
    rm -f "$work"/rounds.* "$work"/times.*
    for round in $(seq "$ROUNDS"); do
        [ $((round % 2)) = 0 ] && measure "$nginx_port" nginx
        measure "$port" woapol
        [ $((round % 2)) = 1 ] && measure "$nginx_port" nginx
    done
    paste -d ' ' "$work/rounds.woapol" "$work/rounds.nginx" >"$work/rounds"
    rate=$(awk '{ print $1 }' "$work/rounds" | median)
    ratio=$(awk '{ print $1 / $3 }' "$work/rounds" | median)
    p99=$(percentile woapol)
    p99_ratio=$(awk -v p99="$p99" -v of_nginx="$(percentile nginx)" 'BEGIN { print p99 / of_nginx }')
    of_rounds=$(awk '{ print $2 / $4 }' "$work/rounds" | median)
    record "requests per second, $threads threads" "$RULES" "$rate" 1/s '"nginx return 204"' "$ratio"
    record "99th percentile, $threads threads" "$RULES" "$p99" ms '"nginx return 204"' "$p99_ratio"
    printf '%s threads: %s requests/s, %s of nginx; p99 %s ms, %s of nginx, median of rounds %s\n' \
        $threads "$rate" "$ratio" "$p99" "$p99_ratio" "$of_rounds" >&2
    image=$(stat -c %s "$work/policy.wob")
    resident=$(awk '/VmRSS/ { print $2 * 1024 }' "/proc/$daemon/status")
    own=$(awk '/RssAnon/ { print $2 * 1024 }' "/proc/$daemon/status")
    record "resident beyond the image, $threads threads" "$RULES" $((resident - image)) bytes null null
    record "private memory beyond the image, $threads threads" "$RULES" $((own - image)) bytes null null
    printf '%s threads: resident %s, private %s, image %s bytes\n' $threads "$resident" "$own" "$image" >&2
    if [ $threads = 1 ] && command -v h2load >/dev/null; then
        printf '\0\0\0\0\0' >"$work/question"
        rate=$(h2load -n 100000 -c 4 -m 32 -H 'content-type: application/grpc' -d "$work/question" \
            "http://127.0.0.1:$grpc/envoy.service.auth.v3.Authorization/Check" |
            awk '/finished in/ { print $4 }')
        record "ext_authz calls per second" "$RULES" "${rate:-0}" 1/s null null
        printf 'gRPC: %s calls/s\n' "$rate" >&2
    fi
    stop
done
