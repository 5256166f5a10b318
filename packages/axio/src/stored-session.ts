/** A session as lists of stores return it. Times are in Unix milliseconds of the store's clock. */
export interface StoredSession {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly messageCount: number;
  /** The beginning of the first prompt, without attached files. */
  readonly preview: string;
  /** Where the session began. Absent if that is unknown. */
  readonly directory?: string | undefined;
  /** The id of the session that it was forked from. */
  readonly forkedFrom?: string | undefined;
  /** Tokens of the history: counted by the provider, or else estimated. */
  readonly tokenCount: number;
  /** In a search: the text around the first match, on one line. */
  readonly excerpt?: string | undefined;
}

/** The row of a session. */
export interface SessionFields
  extends Pick<StoredSession, "id" | "createdAt" | "updatedAt" | "directory" | "forkedFrom"> {
  readonly count: number;
  readonly tokens: number;
  /** `undefined` if there is no user message. */
  readonly preview: string | undefined;
}

/** Converts the row of a session. */
export function toStoredSession(session: SessionFields): StoredSession {
  const { id, createdAt, updatedAt, count, preview = "", directory, forkedFrom, tokens } = session;
  return {
    id,
    createdAt,
    updatedAt,
    messageCount: count,
    preview,
    directory,
    forkedFrom,
    tokenCount: tokens,
  };
}

/** The options of `fork()` of a stored session. */
export interface ForkOptions {
  /** How many messages to keep, from the first. Default: all. */
  readonly count?: number | undefined;
}
