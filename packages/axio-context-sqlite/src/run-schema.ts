/**
 * The tables of durable runs. `epoch` is the number of the claim under which a row was written. JSON is in `state`, `prompt`,
 * `response`, `result`, `late_result`, `input` and `decision`.
 */
export const RUN_TABLES = `
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  conversation TEXT NOT NULL,
  status TEXT NOT NULL,
  state TEXT NOT NULL,
  prompt TEXT NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  wakeups INTEGER NOT NULL DEFAULT 0,
  owner TEXT,
  lease_until INTEGER,
  wake_at INTEGER,
  stop_requested_at INTEGER,
  failure TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER
);
CREATE INDEX run_by_conversation ON run (conversation, number);
CREATE INDEX run_due ON run (status, number) WHERE ended_at IS NULL;

CREATE TABLE model_call (
  run INTEGER NOT NULL REFERENCES run (number),
  step INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  response TEXT,
  PRIMARY KEY (run, step)
);

CREATE TABLE tool_call (
  run INTEGER NOT NULL REFERENCES run (number),
  key TEXT NOT NULL,
  step INTEGER NOT NULL,
  tool_call_id TEXT NOT NULL,
  name TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  effect TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  result TEXT,
  late_result TEXT,
  PRIMARY KEY (run, key)
);

CREATE TABLE approval (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  run INTEGER NOT NULL REFERENCES run (number),
  json TEXT NOT NULL,
  expires_at INTEGER,
  asked_at INTEGER NOT NULL,
  decision TEXT,
  decided_by TEXT,
  decided_at INTEGER
);
CREATE INDEX approval_by_run ON approval (run);
CREATE INDEX approval_open ON approval (number) WHERE decision IS NULL;

CREATE TABLE event_chunk (
  run INTEGER NOT NULL REFERENCES run (number),
  epoch INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (run, epoch, first_seq)
) WITHOUT ROWID;
CREATE INDEX event_chunk_by_time ON event_chunk (stored_at);
`;
