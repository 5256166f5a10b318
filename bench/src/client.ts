/** What came of one request. */
export interface Received {
  readonly deltas: number;
  readonly text: string;
}

/** Sends a prompt and reads the answer to its end, as a program that shows text would. */
export type Ask = (prompt: string) => Promise<Received>;

/** Where a client finds the server, and itself. */
export interface ClientOptions {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly origin: string;
  /** The folder into which axio's packed packages are installed. */
  readonly axioFolder: string;
}

/** The model that every client names. */
export const MODEL_ID = "gpt-5.4";

/**
 * An access token in the form of the real ones, with nothing in it: clients read the account's id from its payload.
 * Its signature is not one.
 */
export function accessToken(): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = {
    exp: Math.floor(Date.now() / 1000) + 86_400,
    "https://api.openai.com/auth": { chatgpt_account_id: ACCOUNT_ID, chatgpt_plan_type: "plus" },
  };
  return `${encode({ alg: "RS256", typ: "JWT" })}.${encode(payload)}.${encode({})}`;
}

/** The account of {@link accessToken}. */
export const ACCOUNT_ID = "acc_bench";
