import { AxioError } from "./errors.ts";

/** What a thrown value says. Never throws, whatever was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  try {
    return String(error);
  } catch {
    return "an error that cannot be shown";
  }
}

/** The error itself where it is an `AxioError`, else an `unexpected` one around it. */
export function toAxioError(error: unknown): AxioError {
  if (AxioError.is(error)) return error;
  return new AxioError("unexpected", `The run failed: ${errorText(error)}`, { cause: error });
}
