#!/bin/bash
# What the nginx module costs: bench_nginx.sh WOAPOL [MODULE [FOLDER]]; without
# them the module beside the tool, in a folder for the while. Prints records as
# record.h describes them.
#
# Instructions are counted by callgrind for the same keep-alive requests with the
# module and without; they repeat to a few in ten thousand. Throughput is wrk's,
# in rounds, the servers taking turns; the figure is the median of the ratios.
set -u
woapol=$(realpath "$1") here=$(dirname "$(realpath "$0")")
module=${2:-$(dirname "$woapol")/modules/ngx_http_woapol_module.so}
[ -s "$module" ] || { echo "bench_nginx: there is no module" >&2; exit 0; }
module=$(realpath "$module")
work=${3:-}
if [ -n "$work" ]; then
    mkdir -p "$work"
    rm -rf "${work:?}"/*
    work=$(realpath "$work")
else
    work=$(mktemp -d)
    rubbish=$work
fi
# shellcheck source=tests/nginx/server.sh
. "$here/../nginx/server.sh"
daemon_pid=
finish() {
    stop
    [ -z "$daemon_pid" ] || kill "$daemon_pid"
    [ -z "${rubbish-}" ] || rm -rf "$rubbish"
}
trap finish EXIT
for tool in nginx valgrind curl; do
    command -v $tool >/dev/null || { echo "bench_nginx: there is no $tool" >&2; exit 0; }
done
RULES=${RULES:-10000} REQUESTS=${REQUESTS:-2000} ROUNDS=${ROUNDS:-5}
staff='X-Groups: Team4711, Staff'
mkdir -p "$work/html"
head -c 1000 /dev/zero | tr '\0' x >"$work/html/page"

record() { # BENCH SIZE METRIC VALUE UNIT AGAINST RATIO
    printf '{"bench":"%s","size":%s,"metric":"%s","value":%s,"unit":"%s","against":"%s","ratio":%s}\n' "$@"
}

# Rules by network and group; the last ones let Staff in.
awk -v rules="$RULES" 'BEGIN {
    for (i = 1; i <= rules; i++)
        printf "network N%d = 10.%d.%d.0/24 + 100.%d.%d.0/24\n", i, i / 256 % 256, i % 256, 64 + i / 256 % 64, i % 256
    print "network Here = 127.0.0.0/8"
    for (i = 1; i <= rules / 10; i++) printf "group Team%d\n", i
    print "group Staff"
    print "policy P is default {"
    for (i = 1; i <= rules; i++)
        printf "  rule r%d when network in N%d and group in Team%d deny\n", i, i, 1 + i % (rules / 10)
    print "  rule staff when network in Here and group in Staff allow"
    print "  otherwise deny"
    print "}"
}' >"$work/policy.woapol"
"$woapol" build "$work/policy.woapol" -o "$work/policy.wob" >"$work/build.log" 2>&1 || { tail -n 5 "$work/build.log" >&2; exit 1; }

# write_server NAME TEXT-OF-HTTP-BLOCK
write_server() {
    echo "$2 server { listen 127.0.0.1:@PORT@; root $work/html; location / { $3 } }" | configure "$work/$1.conf"
}
bare=none
own='woapol_image policy.wob; woapol_groups $http_x_groups; woapol on;'

# instructions CONF: of all REQUESTS, without those of starting and stopping.
instructions() {
    for count in 100 $((REQUESTS + 100)); do
        port=$(free_port)
        sed "s/@PORT@/$port/g" "$work/$1.conf" >"$work/nginx.conf"
        valgrind --tool=callgrind --callgrind-out-file="$work/callgrind.out" --log-file="$work/valgrind.log" \
            nginx -p "$work" -c "$work/nginx.conf" 2>"$work/start.log" &
        server=$!
        for wait in $(seq 200); do
            curl -s --max-time 60 -o /dev/null "http://127.0.0.1:$port/page" -H "$staff" && break
            sleep 0.1
        done
        for number in $(seq $((count / 100))); do
            echo "url = \"http://127.0.0.1:$port/page?[1-100]\""
            echo "output = /dev/null"
        done >"$work/urls"
        curl -s --max-time 60 -H "$staff" -K "$work/urls"
        kill -QUIT $server
        (sleep 20; kill -KILL $server 2>/dev/null) &
        guard=$!
        wait $server 2>/dev/null
        kill $guard 2>/dev/null
        sed -n 's/.*Collected : *//p' "$work/valgrind.log"
    done | awk -v requests="$REQUESTS" 'NR == 1 { first = $1 } END {
        if (NR != 2 || $1 <= first) exit 1
        printf "%.0f", ($1 - first) / requests }'
}

daemon=off master=off
module_kept=$module
module=none write_server bare '' ''
module=$module_kept
write_server module "$own" ''
write_server variables "$own" 'add_header X-Rule $woapol_rule; add_header X-Effect $woapol_effect;'
without=$(instructions bare) || { echo "bench_nginx: callgrind counted nothing" >&2; exit 1; }
for with in module variables; do
    value=$(instructions $with)
    record "nginx $with" "$RULES" "instructions a request" "$value" instr "nginx" \
        "$(awk -v a="$value" -v b="$without" 'BEGIN { printf "%.3f", a / b }')"
done
record "nginx" "$RULES" "instructions a request" "$without" instr "nginx" 1.000

command -v wrk >/dev/null || exit 0
# Throughput: the same page by each way of deciding, in turns. The others decide by
# address alone, which is all they can; the list has as many networks as the policy.
awk -v rules="$RULES" 'BEGIN { print "default 1;"; print "127.0.0.0/8 0;"
    for (i = 1; i <= rules; i++) printf "10.%d.%d.0/24 1;\n100.%d.%d.0/24 1;\n", i / 256 % 256, i % 256, 64 + i / 256 % 64, i % 256
}' >"$work/geo.list"
daemon=on master=on
module=none
write_server bare '' ''
write_server geo "geo \$banned { include $work/geo.list; }" 'if ($banned) { return 403; }'
ways="bare module geo"
modsecurity=/usr/lib/nginx/modules/ngx_http_modsecurity_module.so
if [ -s $modsecurity ]; then
    echo 'SecRuleEngine On
SecRule REMOTE_ADDR "@ipMatch 10.0.0.0/8" "id:1,phase:1,deny,status:403"' >"$work/rules.list"
    module=$modsecurity
    write_server modsecurity "modsecurity on; modsecurity_rules_file $work/rules.list;" ''
    ways="$ways modsecurity"
fi
# The same policy, asked of the service as docs/embedding.md has it, by TCP.
module=none
auth_port=$(free_port)
"$woapol" serve "$work/policy.wob" --listen "http:127.0.0.1:$auth_port" --threads 1 --trusted-proxy 127.0.0.1 \
    --fact groups=X-Groups 2>"$work/serve.err" &
daemon_pid=$!
for wait in $(seq 100); do
    grep -q listening "$work/serve.err" && break
    sleep 0.1
done
echo "upstream woapol { server 127.0.0.1:$auth_port; keepalive 32; }
server { listen 127.0.0.1:@PORT@; root $work/html; location / { auth_request /woapol; }
  location = /woapol { internal; proxy_pass http://woapol/; proxy_http_version 1.1; proxy_pass_request_body off;
    proxy_pass_request_headers off; proxy_set_header Host woapol; proxy_set_header Connection \"\";
    proxy_set_header Content-Length \"\"; proxy_set_header X-Forwarded-For \$remote_addr;
    proxy_set_header X-Groups \$http_x_groups; } }" | configure "$work/auth_request.conf"
ways="$ways auth_request"
module=$module_kept
write_server module "$own" ''
# Nanoseconds on a processor, of the worker and, where it takes part, the service.
cpu_time() {
    set -- "$(worker_pid)" "$([ "$1" != auth_request ] || echo "$daemon_pid")"
    for pid in "$@"; do [ -z "$pid" ] || cat "/proc/$pid/task"/*/schedstat; done | awk '{ sum += $1 } END { printf "%.0f", sum }'
}
for round in $(seq "$ROUNDS"); do
    for way in $ways; do
        start "$work/$way.conf" >&2 || continue
        before=$(cpu_time "$way")
        wrk -t1 -c32 -d1 -H "$staff" "http://127.0.0.1:$port/page" >"$work/wrk.log"
        after=$(cpu_time "$way")
        stop >&2
        awk -v round="$round" -v way="$way" -v cpu=$((after - before)) '/requests in/ { count = $1 } /Non-2xx/ { bad = 1 }
            /Requests\/sec/ { rate = $2 } END { if (!bad && count > 0) print round, way, rate, cpu / count / 1000 }' "$work/wrk.log"
    done
done >"$work/rates"
for way in $ways; do
    [ "$way" != bare ] || continue
    awk -v way="$way" '$2 == "bare" { base[$1] = $3 } $2 == way && base[$1] > 0 { print $3 / base[$1], $3 }' "$work/rates" | sort -n |
        awk '{ ratio[NR] = $1; rate[NR] = $2 } END { m = int((NR + 1) / 2); print ratio[m], rate[m] }' >"$work/median"
    read -r ratio rate <"$work/median"
    [ -z "$ratio" ] || record "nginx $way" "$RULES" "requests a second" "$rate" "1/s" "nginx" "$ratio"
done
# Of processor time, which others on the machine can only add to, the best rounds.
for way in $ways; do
    [ "$way" != bare ] || continue
    read -r value ratio <<X
$(awk -v way="$way" '($2 == way || $2 == "bare") && (!($2 in best) || $4 < best[$2]) { best[$2] = $4 }
    END { if (best["bare"] > 0 && best[way] > 0) print best[way], best[way] / best["bare"] }' "$work/rates")
X
    [ -z "$ratio" ] || record "nginx $way" "$RULES" "processor time a request" "$value" us "nginx" "$ratio"
done
