import { AxioError } from "./errors.ts";

/** Returns the message of anything that was thrown. Never throws. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  try {
    return String(error);
  } catch {
    return "an error that cannot be shown";
  }
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
