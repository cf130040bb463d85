-- Tables are dumped with the extension's rows, an update to the same version is none,
-- and nothing is left when it goes.
ALTER EXTENSION woapol UPDATE TO '0.1';
SELECT extcondition, extconfig[1]::regclass FROM pg_extension WHERE extname = 'woapol';
ALTER EXTENSION woapol SET SCHEMA pg_catalog;
DROP TABLE woapol.policy;
DROP FUNCTION ask, turn;
DROP VIEW decided;
DROP EXTENSION woapol;
SELECT count(*) FROM pg_proc WHERE proname LIKE 'woapol%';
SELECT count(*) FROM pg_namespace WHERE nspname = 'woapol';
-- It does not take over a schema of somebody else.
CREATE SCHEMA woapol;
CREATE EXTENSION woapol;
DROP SCHEMA woapol;
CREATE SCHEMA apart;
CREATE EXTENSION woapol SCHEMA apart;
SELECT apart.woapol_effect('none', '1.2.3.4');
DROP EXTENSION woapol;
