-- woapol 0.1: decide sign-ins where their logs are. docs/engines.md tells how it is used.
\echo Use "CREATE EXTENSION woapol" to load this file. \quit

-- Images lie in a schema of their own, which only their owner can read or write: an
-- image carries the policy's source. Functions read them for whoever may call them.
CREATE SCHEMA woapol;

CREATE TABLE woapol.policy (
    name text COLLATE "C" NOT NULL
        CHECK (name <> '' AND octet_length(name) <= 200 AND name NOT LIKE 'file:%'),
    version bigint NOT NULL CHECK (version > 0),
    image bytea NOT NULL,
    -- Whether calls that name no version may choose it: they take the highest that is.
    active boolean NOT NULL DEFAULT true,
    note text,
    added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    added_by name NOT NULL DEFAULT CURRENT_USER,
    -- What the trigger finds out; whatever is written there is overwritten.
    digest bytea NOT NULL,
    generation bigint NOT NULL,
    CONSTRAINT policy_key PRIMARY KEY (name, version)
);
-- An image does not get smaller, and is read whole.
ALTER TABLE woapol.policy ALTER COLUMN image SET STORAGE EXTERNAL;
CREATE INDEX policy_digest ON woapol.policy (digest);
SELECT pg_catalog.pg_extension_config_dump('woapol.policy', '');

CREATE FUNCTION woapol.check_image() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'wpg_check_image';
CREATE TRIGGER policy_check BEFORE INSERT OR UPDATE ON woapol.policy
    FOR EACH ROW EXECUTE FUNCTION woapol.check_image();
ALTER TABLE woapol.policy ENABLE ALWAYS TRIGGER policy_check;

CREATE TYPE woapol_decision AS (
    effect text,
    policy text,
    rule text,
    chain jsonb,
    reauth_s bigint,
    message text,
    report text[],
    reason text
);

-- A request as columns. NULL is absent. A bad fact is an error.
CREATE FUNCTION woapol_decide(
    policy text, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true,
    version bigint DEFAULT NULL)
    RETURNS woapol_decision LANGUAGE C STABLE PARALLEL SAFE COST 60
    AS 'MODULE_PATHNAME', 'wpg_decide';
CREATE FUNCTION woapol_effect(
    policy text, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true,
    version bigint DEFAULT NULL)
    RETURNS text LANGUAGE C STABLE PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'wpg_effect';
CREATE FUNCTION woapol_rule(
    policy text, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true,
    version bigint DEFAULT NULL)
    RETURNS text LANGUAGE C STABLE PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'wpg_rule';

-- The same by an image's digest. What such a call answers cannot change, so it is
-- IMMUTABLE, and postgres_fdw sends it to where the rows are.
CREATE FUNCTION woapol_decide(
    digest bytea, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true)
    RETURNS woapol_decision LANGUAGE C IMMUTABLE PARALLEL SAFE COST 60
    AS 'MODULE_PATHNAME', 'wpg_decide_pinned';
CREATE FUNCTION woapol_effect(
    digest bytea, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true)
    RETURNS text LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'wpg_effect_pinned';
CREATE FUNCTION woapol_rule(
    digest bytea, ip inet, device text DEFAULT NULL, groups text[] DEFAULT NULL, app text DEFAULT NULL,
    username text DEFAULT NULL, entry text DEFAULT NULL, managed boolean DEFAULT NULL,
    compliant boolean DEFAULT NULL, risk text DEFAULT NULL, groups_complete boolean DEFAULT true)
    RETURNS text LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'wpg_rule_pinned';

-- A request as `woapol eval` takes it and a decision as it gives it; a bad request is
-- answered with {"id", "error"}.
CREATE FUNCTION woapol_decide(policy text, request jsonb, version bigint DEFAULT NULL)
    RETURNS jsonb LANGUAGE C STABLE PARALLEL SAFE COST 120
    AS 'MODULE_PATHNAME', 'wpg_decide_json';

-- How each rule stands, up to the one that decides. holds is NULL where incomplete
-- groups leave it open; against names what of the request stands against it.
CREATE FUNCTION woapol_explain(
    policy text, request jsonb, version bigint DEFAULT NULL,
    OUT place integer, OUT rule text, OUT report boolean, OUT holds boolean, OUT against text[],
    OUT decides boolean)
    RETURNS SETOF record LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 20
    AS 'MODULE_PATHNAME', 'wpg_explain';

-- The image that a call would decide by.
CREATE FUNCTION woapol_digest(policy text, version bigint DEFAULT NULL)
    RETURNS bytea LANGUAGE C STABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'wpg_digest';

-- They read images and files for whoever calls them, so who may is for the owner to say.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN
        SELECT d.objid FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
        WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
          AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
          AND e.extname OPERATOR(pg_catalog.=) 'woapol'
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    END LOOP;
END
$$;
