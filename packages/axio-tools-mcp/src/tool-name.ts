import { createHash } from "node:crypto";

/** A tool and its server. */
export interface QualifiedName {
  readonly server: string;
  readonly tool: string;
}

const MAX_LENGTH = 64;
const HASH_LENGTH = 8;

/**
 * Returns names for the tools of several servers: `server__tool`, with `_` for unsupported characters. A name that is too long
 * or ambiguous ends in a hash of server and tool, so that names do not depend on the order.
 */
export function toolNames(tools: readonly QualifiedName[]): readonly string[] {
  const plain = tools.map(({ server, tool }) => `${server}__${tool}`.replace(/[^A-Za-z0-9_-]/g, "_"));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  return plain.map((name, index) => {
    if (name.length <= MAX_LENGTH && counts.get(name) === 1) return name;
    const { server = "", tool = "" } = tools[index] ?? {};
    const hash = createHash("sha256").update(`${server}\0${tool}`).digest("hex").slice(0, HASH_LENGTH);
    return `${name.slice(0, MAX_LENGTH - HASH_LENGTH - 1)}_${hash}`;
  });
}
