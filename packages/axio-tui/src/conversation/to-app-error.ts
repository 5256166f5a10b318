import { AxioError } from "axio";

/** Anything that was thrown, or a sentence, as an error to show. */
export function toAppError(thrown: unknown): AxioError {
  if (AxioError.is(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return new AxioError("unexpected", message, { cause: thrown });
}
