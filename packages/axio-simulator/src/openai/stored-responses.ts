import { isObject, type JsonObject, stringMember } from "../json.ts";
import type { Frame } from "../stream/frames.ts";

/** A response that the service keeps, and the input of a request that continues it. */
export interface StoredResponse {
  readonly response: JsonObject;
  readonly input: readonly unknown[];
}

/** The responses that the service keeps for the key that made them. */
export class StoredResponses {
  readonly #responses = new Map<string, StoredResponse>();

  /** Keeps a response. */
  add(key: string, input: readonly unknown[], response: JsonObject): void {
    const output: readonly unknown[] = Array.isArray(response["output"]) ? response["output"] : [];
    const id = String(response["id"]);
    this.#responses.set(`${key} ${id}`, { response, input: [...input, ...output] });
  }

  /** Returns a response; `undefined` if the key has none of that id. */
  find(key: string, id: string): StoredResponse | undefined {
    return this.#responses.get(`${key} ${id}`);
  }

  /** Deletes a response. Returns `false` if there was none. */
  delete(key: string, id: string): boolean {
    return this.#responses.delete(`${key} ${id}`);
  }

  /** Returns an item of a response of the key. */
  findItem(key: string, id: string): JsonObject | undefined {
    for (const [name, { input }] of this.#responses) {
      if (!name.startsWith(`${key} `)) continue;
      const item = input.find((value) => stringMember(value, "id") === id);
      if (isObject(item)) return item;
    }
    return undefined;
  }
}

/** The response that a terminal event of a stream holds. */
export function finalResponse(frames: readonly Frame[]): JsonObject | undefined {
  const responses = frames.flatMap((frame) =>
    frame.kind === "event" && /^response\.(completed|incomplete|failed|done)$/.test(frame.event.type)
      ? [frame.event["response"]]
      : [],
  );
  return responses.findLast(isObject);
}
