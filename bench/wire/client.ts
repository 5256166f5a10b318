/** Where a client finds the server, and as whom it comes. */
export interface Target {
  /** `http://127.0.0.1:PORT/backend-api/codex`. */
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly accountId: string;
}

/** A client that is set up. */
export interface Client {
  /** Has the whole conversation of `conversation.ts`, and gives the last answer. */
  converse(): Promise<string>;
  /** Makes ready to ask questions that follow a text which is this long; 0 for none. */
  chat(historyCharacters: number): Chat;
}

/**
 * Asks a question, and reads the answer to its end.
 *
 * @returns The milliseconds until the program had the first piece of the answer's text.
 */
export type Chat = () => Promise<number>;

/** The model that all clients name. It takes its instructions and tools beside the input, as the peers send them. */
export const MODEL_ID = "gpt-5.5";

/** A model that takes its instructions and tools inside the input, as all newer ones do. */
export const LITE_MODEL_ID = "gpt-6.1-sol";

/** What every question asks for. */
export const QUESTION = "say Hello";

const ANSWER = "Hello";

/** The text before the first question. */
export function historyText(characters: number): string {
  return "One line of what was said before, as long as lines of a conversation are.\n"
    .repeat(characters / 74 + 1)
    .slice(0, characters);
}

/** Takes the time until the first piece of text, and makes sure that the answer is whole. */
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
