/** A step from one version of the schema to the next. Never change a released step: databases in its format exist. */
export interface MigrationStep {
  readonly sql: string;
  /** The oldest version of the code, as a number of steps, that can use the schema after this step. */
  readonly minCode: number;
}

// Bodies are stored once and shared by the forks of a session. Positions of messages increase, but need not start at 0:
// compaction inserts its summary before the kept messages, whose positions stay. `end_position` is the next one; it is in the
// row that writers lock. `generation` increases when messages are removed, so that a reader can tell whether its cached
// beginning is still valid. Texts are `text` and not `jsonb`, which refuses U+0000.
const SESSIONS = `
CREATE TABLE axio.session (
  space text NOT NULL DEFAULT '',
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  forked_from uuid,
  directory text,
  generation integer NOT NULL DEFAULT 0,
  end_position bigint NOT NULL DEFAULT 0,
  count integer NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  preview text,
  PRIMARY KEY (space, id)
) WITH (fillfactor = 80);
CREATE INDEX session_by_time ON axio.session (space, updated_at DESC, id DESC) WHERE count > 0;

CREATE TABLE axio.body (
  space text NOT NULL DEFAULT '',
  id uuid NOT NULL,
  role text NOT NULL,
  tokens integer NOT NULL,
  folded text NOT NULL,
  json text NOT NULL,
  PRIMARY KEY (space, id)
);

CREATE TABLE axio.message (
  space text NOT NULL DEFAULT '',
  session uuid NOT NULL,
  position bigint NOT NULL,
  body uuid NOT NULL,
  PRIMARY KEY (space, session, position)
);
CREATE INDEX message_by_body ON axio.message (space, body);

`;

// A row without `sealed` has no credentials, but keeps its revision. `claim_until` is when others may take the claim.
const CREDENTIALS = `
CREATE TABLE axio.credential (
  space text NOT NULL DEFAULT '',
  id text NOT NULL,
  revision bigint NOT NULL DEFAULT 0,
  sealed bytea,
  key_id text,
  claim_owner text,
  claim_token uuid,
  claim_until timestamptz,
  failed_revision bigint,
  failed_code text,
  failed_message text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (space, id)
) WITH (fillfactor = 70);
`;

/** Creates the schema and the table that identifies it. Version 0. */
export const FOUNDATION = `
CREATE SCHEMA axio;
COMMENT ON SCHEMA axio IS 'axio-postgres';
CREATE TABLE axio.meta (
  version integer NOT NULL,
  min_code integer NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO axio.meta (version, min_code) VALUES (0, 0);
`;

// A role that may not create the extension searches without the index. An extension may be in any schema.
/** Creates the index for searches, if it is missing and the role may create the extension. */
export const SEARCH_INDEX = `
DO $$
DECLARE place text;
BEGIN
  IF to_regclass('axio.body_text') IS NOT NULL THEN RETURN; END IF;
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  SELECT nspname INTO place FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
  EXECUTE format('CREATE INDEX body_text ON axio.body USING gin (folded %I.gin_trgm_ops)', place);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN NULL;
END $$;
`;

/** The steps from an empty schema to the current one. The version of a schema is the number of steps taken. */
export const MIGRATIONS: readonly MigrationStep[] = [
  { sql: SESSIONS, minCode: 1 },
  { sql: CREDENTIALS, minCode: 1 },
];

/** The oldest version of the schema that this code can use. */
export const OLDEST_SCHEMA = 2;
