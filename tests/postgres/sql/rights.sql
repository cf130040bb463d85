-- Nobody decides, reads or stores unless the owner says so.
CREATE ROLE woapol_reader;
CREATE ROLE woapol_other;
GRANT USAGE ON SCHEMA public TO woapol_reader, woapol_other;
GRANT EXECUTE ON FUNCTION woapol_effect(text, inet, text, text[], text, text, text, boolean, boolean, text, boolean, bigint) TO woapol_reader;
SET ROLE woapol_other;
SELECT woapol_effect('work', '203.0.113.9');
SELECT woapol_decide('work', '{}'::jsonb);
SELECT * FROM woapol_explain('work', '{}');
SELECT woapol_digest('work');
SELECT image FROM woapol.policy;
SET ROLE woapol_reader;
SELECT woapol_effect('work', '203.0.113.9');
SELECT woapol_rule('work', '203.0.113.9');
SELECT image FROM woapol.policy;
INSERT INTO woapol.policy (name, version, image) VALUES ('mine', 1, '');
SET woapol.cache_size = '1GB';
SHOW woapol.directory;
-- Nothing that a caller has in the way is taken for the extension's.
CREATE TEMP TABLE policy (name text, version bigint, image bytea, active boolean, digest bytea);
SET search_path = pg_temp, public;
SELECT public.woapol_effect('work', '203.0.113.9');
RESET search_path;
RESET ROLE;
DROP OWNED BY woapol_reader, woapol_other;
DROP ROLE woapol_reader, woapol_other;
