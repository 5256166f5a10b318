/** The result of one request. */
export interface Received {
  readonly deltas: number;
  readonly text: string;
}

/** Sends a prompt and reads the response to its end, like a program that shows text. */
export type Ask = (prompt: string) => Promise<Received>;

/** Where a client finds the server and its packages. */
export interface ClientOptions {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly origin: string;
  /** The directory in which axio's packed packages are installed. */
  readonly axioFolder: string;
}

/** The model of every client. */
export const MODEL_ID = "gpt-5.4";

/** Returns an access token like a real one, without a valid signature. Clients read the account id from its payload. */
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
