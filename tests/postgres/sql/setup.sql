-- The extension, and images of one policy in two versions.
CREATE EXTENSION woapol;
\set file `cat "$PG_ABS_SRCDIR/data/one.b64"`
\set other `cat "$PG_ABS_SRCDIR/data/two.b64"`
INSERT INTO woapol.policy (name, version, image, note)
VALUES ('work', 1, decode(:'file', 'base64'), 'first'),
       ('work', 2, decode(:'other', 'base64'), 'second');
SELECT name, version, active, generation, digest = sha256(image) AS is_its_digest, note
FROM woapol.policy ORDER BY version;
SELECT extname, extversion FROM pg_extension WHERE extname = 'woapol';
-- What there is, and how it may be used.
SELECT p.oid::regprocedure AS function, provolatile AS volatile, proparallel AS parallel,
       proisstrict AS strict
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid
WHERE e.extname = 'woapol' AND d.classid = 'pg_proc'::regclass ORDER BY p.oid::regprocedure::text COLLATE "C";
