import { AxioError } from "axio";

/** Returns SQLite's name of an error; `undefined` for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_"))
    return error.code;
  // libsql reports a failed open as text that ends in SQLite's number.
  return /^ConnectionFailed\(.*: 14"?\)$/s.test(error.message) ? "SQLITE_CANTOPEN" : undefined;
}

/** Tells whether another connection holds a lock. */
export function isBusy(error: unknown): boolean {
  // PROTOCOL: two connections created the shared memory of the log at the same time.
  return /^SQLITE_(BUSY|PROTOCOL)/.test(sqliteCode(error) ?? "");
}

const REMEDIES: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /^SQLITE_NOTADB/,
    (path) => `${path} is not an SQLite database. Use another file for sessions, or move this one.`,
  ],
  [
    /^SQLITE_CORRUPT/,
    (path) => `${path} is damaged. Make a copy; \`sqlite3 ${path} .recover\` can restore the intact part.`,
  ],
  [/^SQLITE_READONLY/, (path) => `${path} is read-only. Make the file and its directory writable.`],
  [
    /^SQLITE_(CANTOPEN|PERM|AUTH)/,
    (path) =>
      `${path} cannot be opened. Check that its directory exists and that both are readable and writable.`,
  ],
  [
    /^SQLITE_FULL/,
    (path) => `The disk of ${path} is full. Nothing was stored; free some space and try again.`,
  ],
  [/^SQLITE_IOERR/, (path) => `The disk of ${path} reported an error. Nothing was stored; check the disk.`],
  [
    /^SQLITE_TOOBIG/,
    (path) => `A message is too large for ${path}: the limit of SQLite is 1,000,000,000 bytes.`,
  ],
];

/** Converts an error of SQLite. Returns other errors unchanged. */
export function toAxioError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (isBusy(error)) {
    return new AxioError(
      "store-locked",
      `Another process keeps ${path} locked. Try again, or stop that process.`,
      { cause: error, retryable: true },
    );
  }
  const [, describe] = REMEDIES.find(([pattern]) => pattern.test(code)) ?? [];
  const message = describe?.(path) ?? `${path} could not be used (${code}).`;
  return new AxioError("store-unavailable", message, { cause: error });
}
