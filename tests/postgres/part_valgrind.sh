# One process under valgrind, for what a server's own memory would hide. What is found
# counts where the extension has a part in it. Sourced by run.sh, last.
if command -v valgrind >/dev/null; then
    server_stop one
    as_user cp -a "$pg_work/one" "$pg_work/single"
    rm -f "$pg_work/single/postmaster.pid"
    as_user tee "$pg_work/single/postgresql.auto.conf" >/dev/null <<X
woapol.directory = '$files'
woapol.cache_size = '8MB'
X
    as_user tee "$pg_work/single.sql" >/dev/null <<X
SELECT count(*) AS bad FROM (SELECT * FROM corpus ORDER BY number, name LIMIT 300) c WHERE woapol_decide(name, request) IS DISTINCT FROM native
SELECT count(woapol_effect('work', ip, device, groups, app, username, entry)), count(woapol_decide('work', ip, device, groups, app)) FROM (SELECT * FROM signin ORDER BY number, name LIMIT 300) s
SELECT count(*) FROM (SELECT * FROM corpus WHERE NOT native ? 'error' ORDER BY number, name LIMIT 60) c, woapol_explain(name, request)
SELECT count(woapol_effect('file:one', ip)), count(woapol_effect(woapol_digest('file:one'), ip)) FROM (SELECT * FROM signin LIMIT 20) s
SELECT woapol_effect('file:cut', '1.2.3.4')
SET woapol.cache_size = '48kB'
SELECT count(woapol_effect('work', ip, version => 1)), count(woapol_effect('work', ip, version => 2)) FROM (SELECT * FROM signin LIMIT 50) s
INSERT INTO woapol.policy (name, version, image) SELECT 'single', 1, image FROM woapol.policy LIMIT 1
INSERT INTO woapol.policy (name, version, image) VALUES ('single', 2, '\\x00')
X
    as_user timeout 200 valgrind --undef-value-errors=yes --leak-check=no --error-limit=no --num-callers=30 --log-file="$pg_work/valgrind.log" \
        "$pg_own/postgres" --single -D "$pg_work/single" postgres <"$pg_work/single.sql" >"$work/single.log" 2>&1
    is "valgrind: the process ended well" 0 $?
    is "valgrind: decided as native" '0' "$(sed -n 's/.*bad = "\([0-9]*\)".*/\1/p' "$work/single.log" | head -n 1)"
    is "valgrind: refused what is refused" 2 "$(grep -c 'this is no woapol image' "$work/single.log")"
    is "valgrind: nothing in the extension" 0 "$(awk 'BEGIN { RS = "==[0-9]+== \n" } /woapol|wpg_/ && / at 0x/' "$pg_work/valgrind.log" | tee "$work/valgrind.found" | grep -c ' at 0x')"
    server_start one "woapol.directory = '$files'" || is "a server starts again" yes no
else
    echo "ok - postgres valgrind # SKIP there is no valgrind" >>"$TAP"
fi
