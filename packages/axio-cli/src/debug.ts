import { DIAGNOSTIC_NAMES, onDiagnostic } from "axio-transport-kit";
import type { Output } from "./output.ts";

/**
 * Writes the diagnostics of transports to stderr, one per line. The variable `DEBUG` selects them: names separated by commas,
 * `*` for any text, `-` before names to exclude, as in `axio:*,-axio:first-event`.
 *
 * @returns A function that ends it.
 */
export function watchDiagnostics(debug: string | undefined, err: Output): () => void {
  const wanted = selector(debug ?? "");
  const stops = DIAGNOSTIC_NAMES.filter(wanted).map((name) =>
    onDiagnostic(name, (message) => {
      // Not awaited, so that diagnostics do not delay the transport.
      err.line(`${name} ${Object.entries(message).flatMap(entryText).join(" ")}`).catch(() => undefined);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function selector(debug: string): (name: string) => boolean {
  const patterns = debug.split(/[\s,]+/).filter((pattern) => pattern !== "");
  const matches = (pattern: string, name: string): boolean =>
    new RegExp(`^${pattern.split("*").map(escapePattern).join(".*")}$`).test(name);
  const isOut = (name: string): boolean =>
    patterns.some((pattern) => pattern.startsWith("-") && matches(pattern.slice(1), name));
  return (name) => patterns.some((pattern) => matches(pattern, name)) && !isOut(name);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function entryText([name, value]: [string, unknown]): readonly string[] {
  if (value === undefined) return [];
  const rounded = typeof value === "number" && name.endsWith("Ms") ? Math.round(value) : value;
  return [`${name}=${typeof rounded === "string" ? rounded : JSON.stringify(rounded)}`];
}
