import type { ChatGPTState } from "./state.ts";

/** The API of the real service, which a client may name although it talks to the simulator. */
const REAL_API = "https://api.openai.com/v1";

/** The base URL of this simulator's API. */
export function apiBaseUrlOf(state: ChatGPTState): string {
  return `${state.origin()}/v1`;
}

/** What a client may give as `resource`. */
export function resourcesOf(state: ChatGPTState): readonly string[] {
  return [REAL_API, apiBaseUrlOf(state)];
}
