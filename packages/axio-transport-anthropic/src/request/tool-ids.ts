import { fingerprint } from "axio/internal";

const MAX_LENGTH = 64;

/**
 * Gives out the ids of the tool calls of one request: such as the API accepts, and none twice. A good id stays as it is. The
 * same history gets the same ids each time, so that a cached prefix stays valid.
 */
export class ToolIds {
  readonly #issued = new Set<string>();

  issue(id: string): string {
    let issued = toValidId(id, id);
    for (let round = 2; this.#issued.has(issued); round++) issued = replaceId(id, `${id}#${round}`);
    this.#issued.add(issued);
    return issued;
  }
}

function toValidId(id: string, identity: string): string {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(id) ? id : replaceId(id, identity);
}

/** As much of the id as fits, and a fingerprint that keeps it apart from others. */
function replaceId(id: string, identity: string): string {
  const mark = `_${fingerprint(identity, 12)}`;
  return id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, MAX_LENGTH - mark.length) + mark;
}
