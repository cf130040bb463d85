# Servers for tests: sourced by run.sh and bench_postgres.sh. Each is of a private
# installation, in a folder of its own under /tmp, run by somebody who is not root,
# and gone when the script ends, however it ends.
#
#   servers_prepare MODULE DESTDIR-MAKE...   makes the installation and a first cluster
#   server_start NAME [SETTING...]           a copy of the cluster; sets port_NAME
#   server_stop NAME
#   servers_end
#   sql NAME [PSQL-ARGUMENT...]              psql as the superuser

pg_bin=$("${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}" --bindir 2>/dev/null)
pg_share=$("${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}" --sharedir 2>/dev/null)
pg_lib=$("${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}" --pkglibdir 2>/dev/null)

# A server refuses to be run by root.
if [ "$(id -u)" = 0 ]; then
    pg_user=$(id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody)
    # Where the tests were begun is perhaps not for the server's user to enter.
    as_user() { (cd "$pg_work" && exec setpriv --reuid="$pg_user" --regid="$(id -g "$pg_user")" --clear-groups "$@"); }
else
    pg_user=$(id -un)
    as_user() { "$@"; }
fi

# The server finds its own files from where its program lies: programs are copied,
# everything else is linked, and the extension is put beside.
servers_prepare() { # MODULE CONTROL-AND-SQL...
    pg_work=$(mktemp -d /tmp/woapol-postgres.XXXXXX) || return 1
    mkdir -p "$pg_work/root$pg_bin" "$pg_work/root$pg_share" "$pg_work/root$pg_lib" "$pg_work/files"
    cp -a "$pg_bin"/postgres "$pg_bin"/initdb "$pg_bin"/pg_ctl "$pg_work/root$pg_bin"
    cp -as "$pg_share"/. "$pg_work/root$pg_share"
    cp -as "$pg_lib"/. "$pg_work/root$pg_lib"
    rm -f "$pg_work/root$pg_lib/woapol.so" "$pg_work/root$pg_share"/extension/woapol*
    cp "$1" "$pg_work/root$pg_lib/woapol.so"
    shift
    cp "$@" "$pg_work/root$pg_share/extension"
    [ "$(id -u)" != 0 ] || chown -R "$pg_user" "$pg_work"
    chmod -R go-rwx "$pg_work"
    pg_own="$pg_work/root$pg_bin"
    echo "$RANDOM$RANDOM$RANDOM" >"$pg_work/password"
    chmod a+r "$pg_work/password"
    as_user "$pg_own/initdb" -D "$pg_work/first" -U postgres -E UTF8 --locale=C.UTF-8 \
        --auth-local=peer --auth-host=scram-sha-256 --pwfile="$pg_work/password" -N \
        >"$pg_work/initdb.log" 2>&1 || { cat "$pg_work/initdb.log"; return 1; }
    echo "map $pg_user postgres" >>"$pg_work/first/pg_ident.conf"
    sed -i 's/^\(local .*\)peer$/\1peer map=map/' "$pg_work/first/pg_hba.conf"
    cat >>"$pg_work/first/postgresql.conf" <<X
fsync = off
synchronous_commit = off
full_page_writes = off
restart_after_crash = off
max_connections = 30
shared_buffers = 64MB
max_wal_size = 2GB
autovacuum = off
log_min_messages = warning
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
X
    pg_names=
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

server_start() { # NAME [SETTING...]
    local name=$1 port tries
    shift
    pg_data="$pg_work/$name"
    [ -d "$pg_data" ] || as_user cp -a "$pg_work/first" "$pg_data"
    as_user mkdir -p "$pg_work/socket-$name"
    for tries in 1 2 3; do
        port=$(free_port)
        { echo "port = $port"; echo "unix_socket_directories = '$pg_work/socket-$name'"
          echo "log_directory = '$pg_work'"; printf '%s\n' "$@"; } | as_user tee "$pg_data/postgresql.auto.conf" >/dev/null
        as_user "$pg_own/pg_ctl" -D "$pg_data" -l "$pg_work/$name.log" -w -t 300 start \
            >"$pg_work/$name.start" 2>&1 && break
        [ "$tries" != 3 ] || { cat "$pg_work/$name.start" "$pg_work/$name.log"; return 1; }
    done
    eval "port_$name=$port"
    case " $pg_names " in *" $name "*) ;; *) pg_names="$pg_names $name" ;; esac
}

server_stop() {
    [ ! -s "$pg_work/$1/postmaster.pid" ] ||
        as_user "$pg_own/pg_ctl" -D "$pg_work/$1" -m fast -w -t 120 stop >/dev/null 2>&1 ||
        kill -KILL "$(head -n 1 "$pg_work/$1/postmaster.pid")" 2>/dev/null
}

servers_end() {
    [ -n "${pg_work-}" ] || return 0
    for one in ${pg_names-}; do server_stop "$one"; done
    rm -rf "$pg_work"
}

sql() { # NAME [ARGUMENT...]
    local name=$1 port
    shift
    eval "port=\$port_$name"
    as_user env PGOPTIONS='-c client_min_messages=warning' "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
        -h "$pg_work/socket-$name" -p "$port" -U postgres -d postgres "$@"
}
