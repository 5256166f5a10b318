import type { Ask } from "../client.ts";

/** An event of pi-ai, as all versions of it have it. */
interface PiEvent {
  readonly type: string;
  readonly delta?: string;
  readonly error?: { readonly errorMessage?: string | undefined };
}

/** A message of the user, as all versions of pi-ai take it. */
interface PiPrompt {
  readonly role: "user";
  readonly content: string;
  readonly timestamp: number;
}

/** A model of pi-ai, except for its name and its server. */
export const PI_MODEL = {
  reasoning: false,
  input: ["text"] as "text"[],
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  contextWindow: 1_000_000,
  maxTokens: 32_000,
};

/** Asks a version of pi-ai, and reads the text delta by delta. Imports none, since each costs time to start. */
export function askPiEvents(open: (prompt: PiPrompt) => AsyncIterable<PiEvent>): Ask {
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    for await (const event of open({ role: "user", content: prompt, timestamp: Date.now() })) {
      if (event.type === "text_delta") {
        deltas += 1;
        text += event.delta ?? "";
      } else if (event.type === "error") {
        throw new Error(event.error?.errorMessage);
      }
    }
    return { deltas, text };
  };
}
