import { hideTokens } from "../clean-text.ts";
import type { JsonObject, JsonValue } from "../json.ts";

/** A text that must not be recorded. */
export type Secret = string | RegExp;

const HIDDEN = "[hidden]";
const NAMES =
  "authorization|(?:set-)?cookie|password|passwd|(?:client[_-]?)?secret|(?:x-)?api[_-]?key|(?:access|refresh|id|auth)[_-]?token";
const SECRET_NAME = new RegExp(`^(?:${NAMES})$`, "i");
/** A member of JSON inside a text. */
const SECRET_MEMBER = new RegExp(`("(?:${NAMES})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi");

/** The deltas of a block, which may cut a secret in two. */
const DELTAS: readonly unknown[] = ["text-delta", "reasoning-delta", "tool-input-delta"];

/** Returns a value as plain data without secrets. */
export function withoutSecrets(value: unknown, secrets: readonly Secret[]): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) => {
      if (typeof member !== "string") return member;
      return SECRET_NAME.test(name) ? HIDDEN : hideSecrets(member, secrets);
    }),
  ) as JsonObject;
}

/** Returns the events of a response as plain data without secrets, also those that several deltas share. */
export function eventsWithoutSecrets(
  events: readonly object[],
  secrets: readonly Secret[],
): readonly JsonValue[] {
  const plain = events.map((event) => JSON.parse(JSON.stringify(event)) as JsonObject);
  const blocks = new Map<string, JsonObject[]>();
  let attempt = 0;
  for (const event of plain) {
    // The blocks of a new attempt count from 0 again.
    if (event["type"] === "retry") attempt += 1;
    if (!DELTAS.includes(event["type"])) continue;
    const key = `${attempt} ${String(event["type"])} ${String(event["index"])}`;
    blocks.set(key, [...(blocks.get(key) ?? []), event]);
  }
  const replaced = new Map<JsonObject, JsonObject | undefined>();
  for (const deltas of blocks.values()) {
    const text = deltas.map(({ delta }) => delta).join("");
    const hidden = hideSecrets(text, secrets);
    if (hidden === text) continue;
    for (const [index, event] of deltas.entries())
      replaced.set(event, index === 0 ? { ...event, delta: hidden } : undefined);
  }
  return plain.flatMap((event) => {
    const shown = replaced.has(event) ? replaced.get(event) : event;
    return shown === undefined ? [] : [withoutSecrets(shown, secrets)];
  });
}

function hideSecrets(text: string, secrets: readonly Secret[]): string {
  const members = hideTokens(text).replaceAll(SECRET_MEMBER, `$1"${HIDDEN}"`);
  return secrets.reduce<string>((rest, secret) => rest.replaceAll(everywhere(secret), HIDDEN), members);
}

function everywhere(secret: Secret): Secret {
  return typeof secret === "string" || secret.global ? secret : new RegExp(secret.source, `${secret.flags}g`);
}
