import { fingerprint } from "axio/internal";
import type { ToolCallIdRule } from "../dialect/dialect.ts";

/**
 * Gives out the ids of tool calls in one request: such as the server accepts, and none twice. A good id stays as it is.
 * The same history gets the same ids each time, so that a cached prefix stays valid.
 */
export class CallIds {
  readonly #rule: ToolCallIdRule;
  readonly #issued = new Set<string>();

  constructor(rule: ToolCallIdRule) {
    this.#rule = rule;
  }

  /** @param isOwn Whether the server made the id itself. It then keeps its form. */
  issue(id: string, isOwn: boolean): string {
    let issued = isOwn && id !== "" ? id : fitId(id, id, this.#rule);
    for (let round = 2; this.#issued.has(issued); round++)
      issued = replaceId(id, `${id}#${round}`, this.#rule);
    this.#issued.add(issued);
    return issued;
  }
}

function fitId(id: string, identity: string, rule: ToolCallIdRule): string {
  const isGood =
    id.length >= rule.minLength && id.length <= rule.maxLength && !foreignCharacters(rule).test(id);
  return isGood ? id : replaceId(id, identity, rule);
}

/** As much of the id as fits, and a fingerprint that keeps it apart from others. */
function replaceId(id: string, identity: string, rule: ToolCallIdRule): string {
  const mark = fingerprint(identity, Math.min(12, rule.maxLength));
  const kept = id.replace(foreignCharacters(rule), "").slice(0, rule.maxLength - mark.length);
  return kept + mark;
}

function foreignCharacters({ characters }: ToolCallIdRule): RegExp {
  return characters === "word" ? /[^A-Za-z0-9_-]/g : /[^A-Za-z0-9]/g;
}
