/** The simulators that a program talks to. */
export interface Targets {
  readonly openai: { readonly baseUrl: string; readonly apiKey: string };
  readonly anthropic: { readonly baseUrl: string; readonly apiKey: string };
  readonly codex: { readonly baseUrl: string; readonly accessToken: string; readonly accountId: string };
}

/** The final text by the name of a transport. */
export type Answers = Readonly<Record<string, string>>;

/** A script for the simulators. */
export const PROMPT = 'call add {"a":2,"b":3}\nthen\nsay It is {{result 1}}.';
