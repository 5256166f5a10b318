/** Marks a file as axio's: "axio" in ASCII, in the header's `application_id`. */
export const APPLICATION_ID = 0x6178696f;

// A message's body is stored once and shared by the forks of its session, with its images and its place in the search
// index. Positions of a session's messages grow, but need not begin at 0: compaction puts its replacement before what it
// keeps, whose positions stay. `generation` changes whenever messages went away, so that a reader knows whether what it
// has read still is the beginning. `count`, `tokens` and `preview` are what a list shows, kept so that it reads nothing
// else. `folded` is the text in the form that search compares.
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

/**
 * The steps that lead from an empty file to the present format. The number of steps taken stands in the header's
 * `user_version`. A step that was released is never changed: files that it made are out there.
 */
export const MIGRATIONS: readonly string[] = [FIRST];
