/** The server's URL and the credentials of a client. */
export interface Target {
  /** `http://127.0.0.1:PORT/backend-api/codex`. */
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly accountId: string;
}

/** A configured client. */
export interface Client {
  /** Runs the conversation of `conversation.ts` and returns the last answer. */
  converse(): Promise<string>;
  /** Prepares prompts that each follow the same history of this length; 0 for none. */
  chat(historyCharacters: number): Chat;
}

/**
 * Sends a prompt and reads the response to its end.
 *
 * @returns The milliseconds until the first text delta.
 */
export type Chat = () => Promise<number>;

/** The model of all clients. It takes instructions and tools next to the input, as the peers send them. */
export const MODEL_ID = "gpt-5.5";

/** A model that takes instructions and tools inside the input, like all newer ones. */
export const LITE_MODEL_ID = "gpt-6.1-sol";

/** The prompt of every measurement. */
export const QUESTION = "say Hello";

const ANSWER = "Hello";

/** Returns the history before the first prompt. */
export function historyText(characters: number): string {
  return "One line of what was said before, as long as lines of a conversation are.\n"
    .repeat(characters / 74 + 1)
    .slice(0, characters);
}

/** Measures the time until the first text, and checks that the response is complete. */
export async function timeToText(pieces: AsyncIterable<string>, startedAt: number): Promise<number> {
  let firstAt: number | undefined;
  let text = "";
  for await (const piece of pieces) {
    firstAt ??= performance.now();
    text += piece;
  }
  if (firstAt === undefined || text !== ANSWER) throw new Error(`The answer is ${JSON.stringify(text)}.`);
  return firstAt - startedAt;
}
