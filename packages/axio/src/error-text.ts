import { AxioError } from "./errors.ts";

const UNKNOWN = "an error that cannot be shown";
const MAX_CAUSES = 5;

/**
 * Returns the message of anything that was thrown, with what its causes and its parts add to it. Never throws. The cause of
 * an `AxioError` is left out, because its message is complete.
 */
export function errorText(thrown: unknown): string {
  try {
    return textOf(thrown, 0);
  } catch {
    return UNKNOWN;
  }
}

function textOf(thrown: unknown, depth: number): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { name, message, errors, cause } = thrown as Readonly<Record<string, unknown>>;
  // Errors of another realm are no `Error`, and some libraries throw plain objects.
  const own =
    typeof message === "string" && message !== ""
      ? message
      : thrown instanceof Error
        ? String(name)
        : plainText(thrown);
  if (AxioError.is(thrown) || depth >= MAX_CAUSES) return own;
  const parts = Array.isArray(errors) ? errors.map((part) => `\n- ${textOf(part, depth + 1)}`).join("") : "";
  if (cause === undefined || cause === null) return own + parts;
  const reason = textOf(cause, depth + 1);
  return own.includes(reason) ? own + parts : `${own}${parts}${parts === "" ? ": " : "\nCause: "}${reason}`;
}

function plainText(thrown: object): string {
  const text = String(thrown);
  if (!text.startsWith("[object ")) return text;
  const json = JSON.stringify(thrown);
  return json === undefined || json === "{}" ? text : json;
}

/** Returns the `code` of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: errors of `node:vm` come from another realm.
  const code: unknown =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Returns an `AxioError` as it is, and anything else that was thrown as the cause of an `unexpected` error. */
export function toAxioError(error: unknown): AxioError {
  if (AxioError.is(error)) return error;
  return new AxioError("unexpected", errorText(error), { cause: error });
}
