-- A statement sees the version that its snapshot sees, whatever was rolled back.
CREATE TABLE note (place int GENERATED ALWAYS AS IDENTITY, effect text);
CREATE FUNCTION ask() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT woapol_effect('work', '203.0.113.9', groups => '{Contractors}') $$;
BEGIN;
INSERT INTO note (effect) VALUES (ask());
UPDATE woapol.policy SET active = false WHERE version = 2;
INSERT INTO note (effect) VALUES (ask());
SAVEPOINT a;
UPDATE woapol.policy SET active = true WHERE version = 2;
INSERT INTO note (effect) VALUES (ask());
ROLLBACK TO a;
INSERT INTO note (effect) VALUES (ask());
COMMIT;
SELECT effect FROM note ORDER BY place;
UPDATE woapol.policy SET active = true WHERE version = 2;
-- Within one function, whose expressions live on.
CREATE FUNCTION turn() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    seen text[];
BEGIN
    FOR i IN 1 .. 3 LOOP
        seen := seen || woapol_effect('work', '203.0.113.9', groups => '{Contractors}');
        BEGIN
            UPDATE woapol.policy SET active = NOT active WHERE version = 2;
            seen := seen || woapol_effect('work', '203.0.113.9', groups => '{Contractors}');
            IF i = 2 THEN
                RAISE EXCEPTION 'undone';
            END IF;
        EXCEPTION WHEN raise_exception THEN
            NULL;
        END;
        seen := seen || woapol_effect('work', '203.0.113.9', groups => '{Contractors}');
    END LOOP;
    RETURN seen;
END
$$;
SELECT turn();
SELECT version, active FROM woapol.policy ORDER BY 1;
UPDATE woapol.policy SET active = true WHERE NOT active;
-- A view, a generated plan and a cursor.
CREATE VIEW decided AS SELECT g, woapol_effect('work', '203.0.113.9', groups => '{Contractors}') FROM generate_series(1, 3) g;
PREPARE ask AS SELECT * FROM decided;
EXECUTE ask;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM decided;
FETCH 1 FROM c;
UPDATE woapol.policy SET active = false WHERE version = 2;
FETCH 1 FROM c;
EXECUTE ask;
ROLLBACK;
-- Images that crowd each other out, two in one row.
\c
SET woapol.cache_size = '48kB';
SELECT DISTINCT woapol_effect('work', ip, groups => '{Contractors}', version => 1) AS one,
       woapol_effect('work', ip, groups => '{Contractors}', version => 2) AS two
FROM (SELECT inet '203.0.113.0' + i AS ip FROM generate_series(1, 200) i) v ORDER BY 1, 2;
SELECT count(*) AS images FROM pg_backend_memory_contexts WHERE name = 'woapol image';
RESET woapol.cache_size;
SELECT woapol_effect('work', '203.0.113.7', version => 1), woapol_effect('work', '203.0.113.7', version => 2);
SELECT count(*) AS images FROM pg_backend_memory_contexts WHERE name = 'woapol image';
