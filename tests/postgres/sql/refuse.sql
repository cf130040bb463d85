-- What is wrong is said with a reason, and the session goes on.
\set VERBOSITY default
SELECT woapol_effect('nobody', '1.2.3.4');
SELECT woapol_effect('', '1.2.3.4');
SELECT woapol_effect('work', '1.2.3.4', version => 9);
SELECT woapol_effect('work', '1.2.3.4', version => -1);
SELECT woapol_effect(NULL::text, '1.2.3.4');
SELECT woapol_effect(NULL::bytea, '1.2.3.4');
SELECT woapol_effect('\x00'::bytea, '1.2.3.4');
SELECT woapol_effect('work', '10.0.0.0/8');
SELECT woapol_effect('work', '2001:db8::/32');
SELECT woapol_effect('work', '1.2.3.4', risk => 'Low');
SELECT woapol_effect('work', '1.2.3.4', risk => repeat('é', 500));
SELECT woapol_effect('work', '1.2.3.4', groups => '{Staff,NULL}');
SELECT woapol_effect('work', '1.2.3.4', groups => '{{Staff},{Leavers}}');
SELECT woapol_effect('work', '1.2.3.4', groups => '{}');
SELECT woapol_effect(repeat('w', 100000), '1.2.3.4') IS NULL;
-- What is no image does not get in.
INSERT INTO woapol.policy (name, version, image) VALUES ('bad', 1, '');
INSERT INTO woapol.policy (name, version, image) VALUES ('bad', 1, 'policy P is default { otherwise allow }');
INSERT INTO woapol.policy (name, version, image) SELECT 'bad', 1, substr(image, 1, 1000) FROM woapol.policy WHERE version = 1;
INSERT INTO woapol.policy (name, version, image) SELECT 'bad', 1, image || '\x00' FROM woapol.policy WHERE version = 1;
INSERT INTO woapol.policy (name, version, image) VALUES ('bad', 1, NULL);
UPDATE woapol.policy SET image = set_byte(image, 300, get_byte(image, 300) # 1) WHERE version = 1;
\set VERBOSITY terse
INSERT INTO woapol.policy (name, version, image) SELECT 'file:x', 1, image FROM woapol.policy WHERE version = 1;
INSERT INTO woapol.policy (name, version, image) SELECT 'x', 0, image FROM woapol.policy WHERE version = 1;
SELECT woapol.check_image();
\set VERBOSITY default
-- Whatever bit is turned.
DO $$
DECLARE
    good bytea := (SELECT image FROM woapol.policy WHERE version = 1);
    taken int := 0;
BEGIN
    FOR i IN 0 .. 400 LOOP
        BEGIN
            INSERT INTO woapol.policy (name, version, image)
            VALUES ('bit', i + 1, set_bit(good, (i * 7919) % (8 * length(good)), 1 - get_bit(good, (i * 7919) % (8 * length(good)))));
            taken := taken + 1;
        EXCEPTION WHEN invalid_binary_representation THEN
            NULL;
        END;
    END LOOP;
    RAISE NOTICE '% taken', taken;
END
$$;
-- Nor is it believed where somebody got it in: the image is checked when it is read.
BEGIN;
ALTER TABLE woapol.policy DISABLE TRIGGER policy_check;
UPDATE woapol.policy SET image = set_byte(image, 300, get_byte(image, 300) # 1), digest = sha256(set_byte(image, 300, get_byte(image, 300) # 1)) WHERE version = 1;
SAVEPOINT a;
SELECT woapol_effect('work', '1.2.3.4', version => 1);
ROLLBACK TO a;
UPDATE woapol.policy SET digest = sha256('x') WHERE version = 1;
SAVEPOINT b;
SELECT woapol_effect('work', '1.2.3.4', version => 1);
ROLLBACK TO b;
UPDATE woapol.policy SET digest = '\x0011' WHERE version = 1;
SELECT woapol_effect('work', '1.2.3.4', version => 1);
ROLLBACK;
-- Digest and generation are what the image says.
BEGIN;
INSERT INTO woapol.policy (name, version, image, digest, generation) SELECT 'copy', 1, image, '\x00', 99 FROM woapol.policy WHERE version = 1;
SELECT digest = sha256(image) AS is_its_digest, generation FROM woapol.policy WHERE name = 'copy';
ROLLBACK;
-- A cache that is too small for one says so.
\c
SELECT woapol_effect('work', '1.2.3.4', version => 1);
\c
SET woapol.cache_size = '16kB';
SELECT woapol_effect('work', '1.2.3.4', version => 1);
RESET woapol.cache_size;
SELECT woapol_effect('work', '1.2.3.4', version => 1);
-- Nor can a session say where files are, before the library is there or after.
\c
SET woapol.directory = '/';
SELECT woapol_effect('work', '1.2.3.4', version => 1);
SELECT current_setting('woapol.directory') LIKE '%/files' AS is_kept;
SET woapol.directory = '/';
SET woapol.nonsense = 1;
