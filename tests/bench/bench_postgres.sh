#!/bin/bash
# What deciding in PostgreSQL costs: bench_postgres.sh WOAPOL [MODULE]. Prints records as
# record.h describes them.
#
# The same sign-ins are decided by the extension and by SQL: a lateral join that finds
# the first rule whose network holds the address and whose group is one of the person's,
# in a table of rules with an SP-GiST index on networks, the quickest there is (GiST takes
# eight times as long, and an index on the order makes the planner walk it). Both must agree.
# Then the extension decides on one, two and three servers, asked through a coordinator.
set -u
woapol=$(realpath "$1") root=$(realpath "$(dirname "$0")/../..")
module=${2:-$(dirname "$woapol")/modules/postgres/woapol.so}
[ -s "$module" ] || { echo "bench_postgres: there is no PostgreSQL extension" >&2; exit 0; }
module=$(realpath "$module")
# shellcheck source=tests/postgres/server.sh
. "$root/tests/postgres/server.sh"
[ -x "$pg_bin/postgres" ] || { echo "bench_postgres: there is no PostgreSQL server" >&2; exit 0; }
trap servers_end EXIT
trap 'exit 1' INT TERM
RULES=${RULES:-10000} ROWS=${ROWS:-1000000} JOINED=${JOINED:-20000} ROUNDS=${ROUNDS:-3}

record() { # BENCH SIZE METRIC VALUE UNIT AGAINST RATIO
    printf '{"bench":"%s","size":%s,"metric":"%s","value":%s,"unit":"%s","against":%s,"ratio":%s}\n' "$@"
}
# speed ROWS COMMAND...: rows a second.
speed() {
    local rows=$1 start
    shift
    start=$(date +%s%N)
    "$@" >/dev/null || return 1
    awk -v rows="$rows" -v ns="$(($(date +%s%N) - start))" 'BEGIN { printf "%.0f\n", rows * 1e9 / ns }'
}
median() { # COLUMN
    sort -n -k "$1,$1" | awk -v c="$1" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}
# compare BENCH SIZE: lines of a round, a way and a speed become records, each way against the
# one in $base in the same round; the figures are medians.
compare() {
    local way
    for way in $(awk '!seen[$2]++ { print $2 }' "$pg_work/rounds"); do
        awk -v way="$way" -v base="$base" '$2 == base { b[$1] = $3 } $2 == way { v[$1] = $3 } END { for (r in v) print v[r], v[r] / b[r] }' \
            "$pg_work/rounds" >"$pg_work/ratios"
        record "postgres ${1:-$way}" "${2:-$way}" "rows a second" "$(median 1 <"$pg_work/ratios")" "1/s" "\"$base_name\"" "$(median 2 <"$pg_work/ratios" | awk '{ printf "%.2f", $1 }')"
    done
}

servers_prepare "$module" "$root"/runtime/modules/postgres/woapol.control "$root"/runtime/modules/postgres/woapol--*.sql >&2 || exit 1
server_start main "shared_buffers = 256MB" "work_mem = 64MB" >&2 || exit 1

# A rule names a network of its own and one of a hundred teams.
awk -v rules="$RULES" 'BEGIN {
    for (i = 0; i < rules; i++) printf "network N%d = 10.%d.%d.0/24\n", i, int(i / 256) % 256, i % 256
    for (i = 0; i < 100; i++) printf "group Team%d\n", i
    print "policy P is default {"
    for (i = 0; i < rules; i++) printf "  rule r%d when network in N%d and group in Team%d %s\n", i, i, i % 100, i % 3 ? "allow" : "deny"
    print "  otherwise deny\n}"
}' >"$pg_work/bench.woapol"
"$woapol" build "$pg_work/bench.woapol" -o "$pg_work/bench.wob" >&2 || exit 1
{
    echo "CREATE EXTENSION woapol;"
    echo "INSERT INTO woapol.policy (name, version, image) VALUES ('p', 1, decode('$(base64 -w0 "$pg_work/bench.wob")', 'base64'));"
} >"$pg_work/image.sql"
{
    cat "$pg_work/image.sql"
    cat <<X
CREATE TABLE signin AS SELECT i AS id, inet '10.0.0.0' + ((i::bigint * 2654435761) % ($RULES * 256))::int AS ip,
    ARRAY['Team' || i % 100, 'Team' || (i / 7) % 100, 'Other' || i % 10] AS groups FROM generate_series(1, $ROWS) i;
CREATE TABLE rule AS SELECT i AS place, 'r' || i AS name, ('10.' || (i / 256) % 256 || '.' || i % 256 || '.0/24')::inet AS network,
    'Team' || i % 100 AS team, CASE WHEN i % 3 = 0 THEN 'deny' ELSE 'allow' END AS effect FROM generate_series(0, $RULES - 1) i;
CREATE INDEX rule_network ON rule USING spgist (network);
ANALYZE;
X
} >"$pg_work/bench.sql"
sql main -f - <"$pg_work/bench.sql" >&2 || exit 1

alone="SET max_parallel_workers_per_gather = 0; SET jit = off"
joined="SELECT s.id, coalesce(r.effect, 'deny') AS effect, r.name AS rule FROM signin s LEFT JOIN LATERAL
    (SELECT effect, name FROM rule WHERE network >>= s.ip AND team = ANY (s.groups) ORDER BY place LIMIT 1) r ON true WHERE s.id <= $JOINED"
decided="SELECT s.id, woapol_effect('p', ip, groups => groups) AS effect, woapol_rule('p', ip, groups => groups) AS rule FROM signin s WHERE s.id <= $JOINED"
differing=$(sql main -c "SELECT count(*) FROM (($joined) EXCEPT ($decided)) d")
[ "$differing" = 0 ] || { echo "bench_postgres: $differing rows differ" >&2; exit 1; }

count_join() { sql main -c "$alone; SELECT count(rule) FROM ($joined) j"; }
count_scan() { sql main -c "$alone; SELECT count(family(ip)) FROM signin"; }
count_decide() { sql main -c "$alone; SELECT count(woapol_rule('p', ip, groups => groups)) FROM signin"; }
count_workers() { sql main -c "SET jit = off; SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SELECT count(woapol_rule('p', ip, groups => groups)) FROM signin"; }
count_decide >/dev/null
for round in $(seq "$ROUNDS"); do
    echo "$round join $(speed "$JOINED" count_join)"
    for way in decide workers scan; do echo "$round $way $(speed "$ROWS" count_$way)"; done
done >"$pg_work/rounds"
base=join base_name="lateral join"
compare "" "$RULES"

# The same rows on one, two and three servers; the coordinator asks all at once.
sql main -c "CREATE EXTENSION postgres_fdw" >&2
password=$(cat "$pg_work/password")
for shards in 1 2 3; do
    name=shard$shards
    server_start "$name" >&2 || exit 1
    { cat "$pg_work/image.sql"; echo "CREATE TABLE signin (shard int, id int, ip inet, groups text[]);"; } | sql "$name" -f - >&2
    eval "port=\$port_$name"
    sql main -c "CREATE SERVER $name FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '$port', dbname 'postgres', extensions 'woapol', async_capable 'true');
        CREATE USER MAPPING FOR postgres SERVER $name OPTIONS (user 'postgres', password '$password');
        CREATE TABLE spread$shards (shard int, id int, ip inet, groups text[]) PARTITION BY LIST (shard)" >&2
done
digest=$(sql main -c "SELECT woapol_digest('p')")
# Rows of all three spreads lie on the servers side by side, in a table each.
for shards in 1 2 3; do
    for number in $(seq "$shards"); do
        sql "shard$number" -c "CREATE TABLE signin$shards (LIKE signin); ALTER TABLE signin$shards SET (parallel_workers = 0)" >&2
        sql main -c "COPY (SELECT $number, id, ip, groups FROM signin WHERE id % $shards = $number - 1) TO STDOUT" |
            sql "shard$number" -c "COPY signin$shards FROM STDIN" >&2
        sql "shard$number" -c "ANALYZE signin$shards" >&2
        sql main -c "CREATE FOREIGN TABLE spread${shards}_$number PARTITION OF spread$shards FOR VALUES IN ($number)
            SERVER shard$number OPTIONS (table_name 'signin$shards')" >&2
    done
done
# Grouped by shard, so that each shard counts its own.
count_shards() { # HOW-MANY
    sql main -c "SET enable_partitionwise_aggregate = on; SELECT sum(n) FROM (SELECT shard,
        woapol_rule('$digest'::bytea, ip, groups => groups) AS rule, count(*) AS n FROM spread$1 GROUP BY 1, 2) a"
}
for shards in 1 2 3; do
    [ "$(count_shards $shards)" = "$ROWS" ] || { echo "bench_postgres: $shards shards lost rows" >&2; exit 1; }
done
for round in $(seq "$ROUNDS"); do
    for shards in 1 2 3; do echo "$round $shards $(speed "$ROWS" count_shards $shards)"; done
done >"$pg_work/rounds"
base=1 base_name="one shard"
compare shards ""
