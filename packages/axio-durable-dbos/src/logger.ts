import type { DLogger } from "@dbos-inc/dbos-sdk";

/** A logger of DBOS that prints nothing. Warnings are errors that DBOS retries. */
export function silentLogger(onError: (error: unknown) => void): DLogger {
  const ignore = (): void => undefined;
  const report = (entry: unknown): void => onError(entry instanceof Error ? entry : new Error(String(entry)));
  return { debug: ignore, info: ignore, warn: report, error: report };
}
