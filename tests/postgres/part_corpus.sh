# The same decisions as `woapol eval`, from jsonb and from columns. Sourced by run.sh.
python3 "$here/rows.py" "$work/corpus" >"$work/rows.csv"
{
    echo "CREATE EXTENSION woapol;"
    for image in "$work"/corpus/*.wob; do image_sql "$(basename "$image" .wob)" 1 "$image"; done
    image_sql work 1 "$work/one.wob"
    image_sql work 2 "$work/two.wob"
    echo "CREATE TABLE corpus (name text, number int, request jsonb, native jsonb, PRIMARY KEY (name, number));"
    echo "COPY corpus FROM STDIN (FORMAT csv);"
    cat "$work/rows.csv"
    echo "\\."
    # As a table of sign-ins has them; what is no request is not in it.
    cat <<X
CREATE TABLE signin AS
SELECT name, number, (request->>'ip')::inet AS ip, request->>'device' AS device,
       CASE WHEN request ? 'groups' THEN ARRAY(SELECT jsonb_array_elements_text(request->'groups')) END AS groups,
       request->>'app' AS app, request->>'user' AS username, request->>'entry' AS entry,
       (request->>'managed')::boolean AS managed, (request->>'compliant')::boolean AS compliant,
       request->>'risk' AS risk, (request->>'groups_complete')::boolean AS groups_complete
FROM corpus WHERE NOT native ? 'error';
ANALYZE;
X
} >"$work/load.sql"
is "the corpus is stored" '' "$(sql one -f - <"$work/load.sql" 2>&1)"
is "the corpus is not small" t "$(sql one -c 'SELECT count(*) > 1000 FROM signin')"
is "jsonb: decides as native" '' "$(sql one -c "
    SELECT request, native, woapol_decide(name, request) FROM corpus
    WHERE woapol_decide(name, request) IS DISTINCT FROM native ORDER BY name, number LIMIT 3" 2>&1)"
is "columns: decide as native" '' "$(sql one -c "
    SELECT c.request, c.native, d FROM signin s JOIN corpus c USING (name, number),
        woapol_decide(name, ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete) d
    WHERE to_jsonb(d) IS DISTINCT FROM c.native - 'id' ORDER BY name, number LIMIT 3" 2>&1)"
is "one text: as native" 0 "$(sql one -c "
    SELECT count(*) FROM signin s JOIN corpus c USING (name, number)
    WHERE woapol_effect(name, ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete)
              IS DISTINCT FROM c.native->>'effect'
       OR woapol_rule(name, ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete)
              IS DISTINCT FROM c.native->>'rule'" 2>&1)"
is "by digest: as native" 0 "$(sql one -c "
    SELECT count(*) FROM signin s JOIN corpus c USING (name, number) JOIN woapol.policy p USING (name),
        woapol_decide(p.digest, ip, device, groups, app, username, entry, managed, compliant, risk, groups_complete) d
    WHERE to_jsonb(d) IS DISTINCT FROM c.native - 'id'" 2>&1)"
is "explanations name the rule that decides" 0 "$(sql one -c "
    SELECT count(*) FROM corpus c LEFT JOIN LATERAL
        (SELECT rule, holds FROM woapol_explain(name, request) WHERE decides) e ON true
    WHERE NOT native ? 'error' AND (e.rule IS DISTINCT FROM native->>'rule'
       OR (native->>'reason' IS NULL) IS DISTINCT FROM (e.rule IS NULL OR e.holds IS TRUE))" 2>&1)"
is "explanations name the rules that report" 0 "$(sql one -c "
    SELECT count(*) FROM corpus c WHERE NOT native ? 'error' AND native->'report' <>
        (SELECT coalesce(jsonb_agg(rule ORDER BY place), '[]') FROM woapol_explain(name, request) WHERE report AND holds)" 2>&1)"
