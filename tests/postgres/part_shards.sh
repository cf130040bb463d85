# Sign-ins on three servers, asked through a fourth with postgres_fdw: the answers of
# one. Sourced by run.sh.
password=$(cat "$pg_work/password")
sql one -c "CREATE EXTENSION postgres_fdw;
    CREATE TABLE spread (shard int NOT NULL, LIKE many) PARTITION BY LIST (shard);
    CREATE TABLE together AS SELECT (hashtext(m::text) & 65535) % 3 AS shard, m.* FROM many m" 2>&1
for shard in 0 1 2; do
    server_start "shard$shard" || is "shard $shard starts" yes no
    { echo "CREATE EXTENSION woapol; CREATE TABLE signin (shard int, name text, number int, ip inet, device text, groups text[], app text,
          username text, entry text, managed boolean, compliant boolean, risk text, groups_complete boolean);
          CREATE VIEW decided AS SELECT s.shard, s.name, p.version, d.effect, d.rule, count(*) AS n
          FROM signin s JOIN woapol.policy p USING (name), woapol_decide(s.name, ip, device, groups, app, username, entry, managed,
              compliant, risk, groups_complete, p.version) d GROUP BY 1, 2, 3, 4, 5;
          SET client_min_messages = error;"
      for image in "$work"/corpus/*.wob; do image_sql "$(basename "$image" .wob)" 1 "$image"; done
    } | sql "shard$shard" -f - 2>&1
    sql one -c "COPY (SELECT * FROM together WHERE shard = $shard) TO STDOUT" | sql "shard$shard" -c "COPY signin FROM STDIN" 2>&1
    eval "port=\$port_shard$shard"
    sql one -c "
        CREATE SERVER shard$shard FOREIGN DATA WRAPPER postgres_fdw
            OPTIONS (host '127.0.0.1', port '$port', dbname 'postgres', extensions 'woapol', async_capable 'true', fetch_size '10000');
        CREATE USER MAPPING FOR postgres SERVER shard$shard OPTIONS (user 'postgres', password '$password');
        CREATE FOREIGN TABLE spread_$shard PARTITION OF spread FOR VALUES IN ($shard) SERVER shard$shard OPTIONS (table_name 'signin');
        CREATE FOREIGN TABLE decided_$shard (shard int, name text, version bigint, effect text, rule text, n bigint)
            SERVER shard$shard OPTIONS (table_name 'decided')" 2>&1
done
facts="ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete"
name=$(sql one -c "SELECT name FROM many GROUP BY name ORDER BY count(*) DESC, name LIMIT 1")
digest=$(sql one -c "SELECT woapol_digest('$name')")
# A digest stands for one image for ever, so the whole query goes where the rows are.
query() { # TABLE
    echo "SET enable_partitionwise_aggregate = on;
        SELECT effect, rule, sum(n) FROM (
            SELECT shard, woapol_effect('$digest'::bytea, $facts) AS effect, woapol_rule('$digest'::bytea, $facts) AS rule, count(*) AS n
            FROM $1 WHERE name = '$name' GROUP BY 1, 2, 3) a GROUP BY 1, 2 ORDER BY 1, 2"
}
is "shards: each has some" 3 "$(sql one -c "SELECT count(DISTINCT tableoid) FROM spread")"
is "shards: the same answers as one" "$(sql one -c "$(query together)" 2>&1)" "$(sql one -c "$(query spread)" 2>&1)"
sql one -c "$(query spread | sed 's/SELECT effect, rule, sum/EXPLAIN (VERBOSE) &/')" >"$work/plan" 2>&1
is "shards: decided where the rows are" 3 "$(grep -c 'Remote SQL: SELECT shard, public.woapol_effect(.*GROUP BY' "$work/plan")"
is "shards: only what is asked for is fetched" "$(sql one -c "SELECT count(*) FROM together WHERE name = '$name' AND woapol_effect('$digest'::bytea, $facts) = 'deny'" 2>&1)" \
    "$(sql one -c "SELECT count(*) FROM spread WHERE name = '$name' AND woapol_effect('$digest'::bytea, $facts) = 'deny'" 2>&1)"
is "shards: a condition is sent along" 3 "$(sql one -c "EXPLAIN (VERBOSE) SELECT number FROM spread WHERE woapol_effect('$digest'::bytea, $facts) = 'deny'" |
    grep -c 'Remote SQL: .*WHERE .*woapol_effect')"
# By name, through a view on each shard, with the version as a column.
is "shards: a view a shard, all policies" "$(sql one -c "SELECT s.name, d.effect, d.rule, count(*) FROM together s,
        woapol_decide(name, $facts) d GROUP BY 1, 2, 3 ORDER BY 1, 2, 3" 2>&1)" \
    "$(sql one -c "SELECT name, effect, rule, sum(n) FROM (SELECT * FROM decided_0 UNION ALL SELECT * FROM decided_1 UNION ALL
        SELECT * FROM decided_2) d WHERE version = 1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3" 2>&1)"
is "shards: asked at the same time" yes "$(sql one -c "EXPLAIN (COSTS off) SELECT effect, sum(n) FROM (SELECT * FROM decided_0 UNION ALL SELECT * FROM decided_1 UNION ALL
        SELECT * FROM decided_2) d GROUP BY 1" | grep -q 'Async Foreign Scan' && echo yes || echo no)"
# A shard without the image says so; nobody is let in.
sql shard2 -c "DELETE FROM woapol.policy WHERE name = '$name'" 2>&1
is "shards: an image that is missing" 'ERROR:  woapol.policy has no image with that digest' "$(sql one -c "$(query spread)" 2>&1 | head -n 1)"
