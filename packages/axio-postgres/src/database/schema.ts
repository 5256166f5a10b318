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

// `due_at` is when a worker may take the run: at once if it is pending, the end of the lease if it runs, the time for which it
// waits. Without it, the run waits for a decision and costs no look. `epoch` is the number of the claim: whatever is written
// under an older one is refused. Long values (prompts, responses, results) are stored outside of their row by PostgreSQL, and
// are not written again when other columns of the row change. `call` and `question` are JSON.
const RUNS = `
CREATE TABLE axio.run (
  space text NOT NULL DEFAULT '',
  id text NOT NULL,
  conversation text NOT NULL,
  status text NOT NULL,
  state text NOT NULL,
  prompt text NOT NULL,
  epoch bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  wakeups integer NOT NULL DEFAULT 0,
  owner text,
  due_at timestamptz,
  stop_requested_at timestamptz,
  failure text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (space, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX run_due ON axio.run (space, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX run_by_time ON axio.run (space, created_at DESC, id DESC);
CREATE INDEX run_by_conversation ON axio.run (space, conversation, created_at DESC, id DESC);
CREATE INDEX run_by_end ON axio.run (space, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE axio.model_call (
  space text NOT NULL DEFAULT '',
  run text NOT NULL,
  step integer NOT NULL,
  attempt integer NOT NULL,
  response text,
  PRIMARY KEY (space, run, step)
) WITH (fillfactor = 90);

CREATE TABLE axio.tool_call (
  space text NOT NULL DEFAULT '',
  run text NOT NULL,
  key text NOT NULL,
  step integer NOT NULL,
  effect text NOT NULL,
  call text NOT NULL,
  status text NOT NULL,
  attempt integer NOT NULL,
  epoch bigint NOT NULL,
  started_at timestamptz NOT NULL,
  result text,
  late_result text,
  PRIMARY KEY (space, run, key)
) WITH (fillfactor = 90);

CREATE TABLE axio.approval (
  space text NOT NULL DEFAULT '',
  id text NOT NULL,
  run text NOT NULL,
  conversation text NOT NULL,
  question text NOT NULL,
  asked_at timestamptz NOT NULL,
  expires_at timestamptz,
  decision text,
  decided_by text,
  decided_at timestamptz,
  PRIMARY KEY (space, id)
);
CREATE INDEX approval_by_run ON axio.approval (space, run);
CREATE INDEX approval_open ON axio.approval (space, asked_at) WHERE decision IS NULL;

CREATE TABLE axio.event_chunk (
  space text NOT NULL DEFAULT '',
  run text NOT NULL,
  epoch bigint NOT NULL,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  stored_at timestamptz NOT NULL,
  events text NOT NULL,
  PRIMARY KEY (space, run, epoch, first_seq)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX event_chunk_by_time ON axio.event_chunk (space, stored_at);
`;

// A row of `account` states until when no request may be sent and why, when the next one may be (`next_at`), and the limits
// that the provider stated last. A slot is the right to one of several requests at once, until a time.
const LIMITS = `
CREATE TABLE axio.account (
  space text NOT NULL DEFAULT '',
  id text NOT NULL,
  blocked_until timestamptz,
  error text,
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  rate_limits text,
  reported_at timestamptz,
  PRIMARY KEY (space, id)
) WITH (fillfactor = 70);

CREATE TABLE axio.slot (
  space text NOT NULL DEFAULT '',
  account text NOT NULL,
  number integer NOT NULL,
  holder uuid,
  held_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (space, account, number)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE axio.usage_day (
  space text NOT NULL DEFAULT '',
  account text NOT NULL,
  day date NOT NULL,
  requests bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_usd double precision,
  PRIMARY KEY (space, account, day)
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
  { sql: RUNS, minCode: 1 },
  { sql: LIMITS, minCode: 1 },
];

/** The oldest version of the schema that this code can use. */
export const OLDEST_SCHEMA = 3;
