# Workers decide as one process does. Sourced by run.sh.
sql one -c "
    CREATE TABLE many AS SELECT s.* FROM signin s, generate_series(1, 40);
    ALTER TABLE many SET (parallel_workers = 3);
    ANALYZE many;" 2>&1
facts="name, ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete"
query="SELECT count(*), md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT name || ' ' || effect || ' ' || coalesce(rule, '-') || ' ' || n AS line FROM (
        SELECT name, woapol_effect($facts) AS effect, woapol_rule($facts) AS rule, count(*) AS n
        FROM many GROUP BY 1, 2, 3) a) b"
alone="SET max_parallel_workers_per_gather = 0"
together="SET max_parallel_workers_per_gather = 3; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0"
is "a plan has workers" yes "$(sql one -c "$together; EXPLAIN $query" | grep -q 'Workers Planned: [123]' && echo yes || echo no)"
wanted=$(sql one -c "$alone; $query" 2>&1)
is "parallel workers decide the same" "$wanted" "$(sql one -c "$together; $query" 2>&1)"
is "workers are forced" "$wanted" "$(sql one -c "SET force_parallel_mode = regress; $query" 2>&1)"
is "compiled expressions decide the same" "$wanted" "$(sql one -c "$alone; SET jit = on; SET jit_above_cost = 0; SET jit_optimize_above_cost = 0; $query" 2>&1)"
is "people who come again are decided as native" 0 "$(sql one -c "$alone; SELECT count(*) FROM many m JOIN corpus c USING (name, number)
    WHERE woapol_rule($facts) IS DISTINCT FROM c.native->>'rule'" 2>&1)"
