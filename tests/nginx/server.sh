# An nginx of our own on a loopback port, for the scripts beside this file, which
# set $work (a folder) and $module. Sourced, not run.

# Everything that decides is asked for by request headers: x-app, x-groups, ...
facts='
    woapol_app $http_x_app;
    woapol_groups $http_x_groups;
    woapol_groups_complete $http_x_complete;
    woapol_user $http_x_user;
    woapol_device $http_x_device;
    woapol_entry $http_x_entry;
    woapol_managed $http_x_managed;
    woapol_compliant $http_x_compliant;
    woapol_risk $http_x_risk;'

# configure FILE: a whole configuration around the http block's text on stdin.
configure() {
    {
        if [ "$module" != none ]; then echo "load_module $module;"; fi
        [ "$(id -u)" != 0 ] || echo "user $(id -un);"
        cat <<X
daemon ${daemon:-on};
master_process ${master:-on};
worker_processes 1;
pid $work/nginx.pid;
error_log $work/error.log notice;
events { worker_connections 256; }
http {
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
X
        cat
        echo '}'
    } >"$1"
}

# A port nobody listens on.
free_port() {
    while :; do
        candidate=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || break
    done
    echo "$candidate"
}

# run_nginx ARGUMENT...: the binary, with the sanitizers' runtimes when asked for.
run_nginx() {
    LD_PRELOAD="${preload-}" nginx -p "$work" "$@"
}

# start FILE: starts it; $port may be busy, so the caller's text uses @PORT@.
start() {
    for try in 1 2 3 4 5; do
        port=$(free_port)
        sed "s/@PORT@/$port/g" "$1" >"$work/nginx.conf"
        rm -f "$work/error.log"
        if run_nginx -c "$work/nginx.conf" 2>"$work/start.log"; then
            for wait in $(seq 1800); do
                [ -s "$work/nginx.pid" ] && break
                sleep 0.1
            done
            master_pid=$(cat "$work/nginx.pid")
            return 0
        fi
        grep -q 'Address already in use' "$work/start.log" || break
    done
    cat "$work/start.log"
    echo "nginx did not start (attempt $try)"
    return 1
}

# Ends the nginx that start has started, by its id.
stop() {
    [ -n "${master_pid-}" ] || return 0
    kill -QUIT "$master_pid" 2>/dev/null
    for wait in $(seq 1800); do
        kill -0 "$master_pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$master_pid" 2>/dev/null && echo "nginx did not end by itself in $wait tenths of a second"
    master_pid=
}

worker_pid() {
    pgrep -P "$master_pid" | head -n 1
}

# Resident memory in kB, what the kernel counts as its own.
memory_of() {
    awk '/^RssAnon/ { print $2 }' "/proc/$1/status"
}

# get PATH [CURL-ARGUMENT...]: the status; headers in $work/headers.
get() {
    path=$1
    shift
    curl -s -o "$work/answer" -D "$work/headers" -w '%{http_code}' --max-time 180 "$@" \
        "http://127.0.0.1:$port$path"
}

header() {
    tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | head -n 1
}
