import { DIAGNOSTIC_NAMES, onDiagnostic } from "../diagnostics.ts";
import type { Channel } from "./channel.ts";

/**
 * Writes what the transport does as lines on stderr, where the variable `DEBUG` asks for it: names joined by commas, `*`
 * for anything, a `-` before those to leave out, as in `axio:*,-axio:first-event`.
 *
 * @returns The function that ends it.
 */
export function watchDiagnostics(debug: string | undefined, err: Channel): () => void {
  const wanted = selector(debug ?? "");
  const stops = DIAGNOSTIC_NAMES.filter(wanted).map((name) =>
    onDiagnostic(name, (message) => {
      // Not waited for: what is told must not hold up what it tells of.
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
