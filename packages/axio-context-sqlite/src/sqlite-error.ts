import { AxioError } from "axio";

/** The name that SQLite gives to what happened, where an error comes from it; `undefined` for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_"))
    return error.code;
  // libsql reports the failure to open a file as text, with SQLite's number at its end.
  return /^ConnectionFailed\(.*: 14"?\)$/s.test(error.message) ? "SQLITE_CANTOPEN" : undefined;
}

/** Whether another connection stands in the way, for now. */
export function isBusy(error: unknown): boolean {
  // PROTOCOL: two connections were in each other's way while they made the shared memory of the log.
  return /^SQLITE_(BUSY|PROTOCOL)/.test(sqliteCode(error) ?? "");
}

const REMEDIES: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /^SQLITE_NOTADB/,
    (path) => `${path} is no SQLite database. Name another file for the sessions, or move this one away.`,
  ],
  [
    /^SQLITE_CORRUPT/,
    (path) =>
      `The sessions in ${path} are damaged. Keep a copy; \`sqlite3 ${path} .recover\` gets out what is whole.`,
  ],
  [
    /^SQLITE_READONLY/,
    (path) => `${path} cannot be written. Give yourself the right to write it and its folder.`,
  ],
  [
    /^SQLITE_(CANTOPEN|PERM|AUTH)/,
    (path) => `${path} cannot be opened. See that its folder exists and that you may read and write both.`,
  ],
  [/^SQLITE_FULL/, (path) => `The disk of ${path} is full. Nothing was stored; make room and try again.`],
  [
    /^SQLITE_IOERR/,
    (path) => `The disk of ${path} reported an error. Nothing was stored; see that the disk is well.`,
  ],
  [/^SQLITE_TOOBIG/, (path) => `A message is too large for ${path}: SQLite takes a thousand million bytes.`],
];

/** The error to throw for one that came out of SQLite; other errors as they are. */
export function toAxioError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (isBusy(error)) {
    return new AxioError(
      "store-locked",
      `Another process has been writing to ${path} all the time. Try again, or end it.`,
      { cause: error, retryable: true },
    );
  }
  const [, describe] = REMEDIES.find(([pattern]) => pattern.test(code)) ?? [];
  const message = describe?.(path) ?? `The sessions in ${path} could not be used (${code}).`;
  return new AxioError("store-unavailable", message, { cause: error });
}
