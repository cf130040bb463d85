# A million calls of each kind take no more memory than a thousand. Sourced by run.sh.
memory_of() { # CALL: bytes before and after
    sql one <<X 2>&1
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SELECT count($1) FROM generate_series(1, 1000) g;
SELECT split_part(pg_read_file('/proc/self/statm'), ' ', 2)::int * 4 AS before \\gset
SELECT count($1) FROM generate_series(1, 1000000) g;
SELECT split_part(pg_read_file('/proc/self/statm'), ' ', 2)::int * 4 - :before < 3000;
X
}
while read -r title call; do
    is "memory: $title" "1000 1000000 t" "$(memory_of "$call" | tr '\n' ' ' | sed 's/ $//')"
done <<X
effect woapol_effect('work', inet '203.0.113.0' + g % 1000, groups => ARRAY['Staff', 'g' || g])
row woapol_decide('work', inet '203.0.113.0' + g % 1000, groups => ARRAY['Staff', 'g' || g], groups_complete => g % 2 = 0)
jsonb woapol_decide('work', jsonb_build_object('id', g, 'ip', '10.8.0.1', 'groups', jsonb_build_array('Staff', g::text)))
bad_jsonb woapol_decide('work', jsonb_build_object('id', g, 'ip', g::text))
versions woapol_effect('work', '203.0.113.7', version => 1 + g % 2)
X
