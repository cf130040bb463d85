# A dump holds the images; what is restored decides the same. Sourced by run.sh.
as_user "$pg_bin/pg_dump" -h "$pg_work/socket-one" -p "$port_one" -U postgres -d postgres >"$work/dump.sql" 2>"$work/dump.log"
sql one -c 'CREATE DATABASE restored' 2>&1
is "a dump is restored" '' "$(sql one -d restored -f - <"$work/dump.sql" 2>&1 >/dev/null)"
count="SELECT count(*), count(*) FILTER (WHERE woapol_decide(name, request) = native) FROM corpus"
is "what is restored decides the same" "$(sql one -c "$count" 2>&1)" "$(sql one -d restored -c "$count" 2>&1)"
sql one -c 'DROP DATABASE restored' 2>&1
