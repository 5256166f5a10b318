import { RUN_TABLES } from "./run-schema.ts";

/** Identifies a file of axio: "axio" in ASCII, in the header's `application_id`. */
export const APPLICATION_ID = 0x6178696f;

// The body of a message is stored once and shared by the forks of a session. Positions of messages increase, but need not
// start at 0: compaction inserts its summary before the kept messages, whose positions stay. `generation` increases when
// messages are removed, so that a reader can tell whether its cached beginning is still valid. `count`, `tokens` and
// `preview` are stored for the list. `folded` is the text normalized for search.
const FIRST = `
CREATE TABLE session (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  forked_from TEXT,
  generation INTEGER NOT NULL DEFAULT 0,
  count INTEGER NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  preview TEXT
);
CREATE INDEX session_by_time ON session (updated_at, number);

CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  folded TEXT NOT NULL,
  json TEXT NOT NULL
);

CREATE TABLE message (
  session INTEGER NOT NULL REFERENCES session (number),
  position INTEGER NOT NULL,
  body INTEGER NOT NULL REFERENCES body (id),
  PRIMARY KEY (session, position)
) WITHOUT ROWID;
CREATE INDEX message_by_body ON message (body);

CREATE VIRTUAL TABLE body_text USING fts5 (
  folded, content = 'body', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);

CREATE TRIGGER body_indexed AFTER INSERT ON body BEGIN
  INSERT INTO body_text (rowid, folded) VALUES (new.id, new.folded);
END;
CREATE TRIGGER body_forgotten AFTER DELETE ON body BEGIN
  INSERT INTO body_text (body_text, rowid, folded) VALUES ('delete', old.id, old.folded);
END;
CREATE TRIGGER body_unused AFTER DELETE ON message
WHEN NOT EXISTS (SELECT 1 FROM message WHERE body = old.body) BEGIN
  DELETE FROM body WHERE id = old.body;
END;
`;

// `directory` is where a session began; unknown for sessions of the first format. `note` holds what an app stores with a
// session, by the position that the history had then. `journal` holds the step in progress of a process, which its messages
// replace when they are stored. Prompts and drafts belong to a directory, not to a session.
const SECOND = `
ALTER TABLE session ADD COLUMN directory TEXT;
CREATE INDEX session_by_directory ON session (directory, updated_at, number);
UPDATE session SET preview = substr(preview, 1, instr(preview, '<file path="') - 1)
WHERE instr(preview, '<file path="') > 1;

CREATE TABLE note (
  session INTEGER NOT NULL REFERENCES session (number),
  key TEXT NOT NULL,
  position INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (session, key)
) WITHOUT ROWID;

CREATE TABLE journal (
  session INTEGER NOT NULL REFERENCES session (number),
  owner TEXT NOT NULL,
  position INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (session, owner, position)
);

CREATE TABLE prompt (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  directory TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX prompt_by_directory ON prompt (directory, id);

CREATE TABLE draft (
  owner TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  directory TEXT NOT NULL,
  json TEXT NOT NULL
) WITHOUT ROWID;
`;

/**
 * The steps from an empty file to the current format. The header's `user_version` is the number of steps taken. Never change a
 * released step: files in its format exist.
 */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND, RUN_TABLES];
