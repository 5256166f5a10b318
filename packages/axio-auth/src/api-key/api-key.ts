import { AxioError } from "axio";

/** An API key, as it is stored. */
export interface ApiKeyCredentials {
  /** The key. Empty for a server that needs none. */
  readonly apiKey: string;
  /** Whose key it is, as the provider says: an organization or an email address. */
  readonly account?: string | undefined;
}

/** Characters that terminals, mail programs and shells put around or into a pasted key. */
const NOISE = /\p{Cc}\[20[01]~|(?!\s)[\p{Cc}\p{Cf}]/gu;
/** A terminal breaks a long line, and may indent the rest. */
const LINE_BREAK = /[^\S\r\n]*[\r\n]+\s*/g;
/** Text that users copy along: `export OPENAI_API_KEY=`, `Authorization: Bearer `. */
const PREFIX =
  /^(?:(?:export\s+|set\s+|\$env:)?[A-Z][A-Z0-9_]*\s*=\s*|authorization:\s*|(?:x-)?api-key:\s*)/i;
const QUOTES = /^["'`“”‘’<]+|["'`“”‘’>;,]+$/g;
/** A header can have these characters. Real keys have no others. */
const KEY = /^[\u0021-\u007e]+$/;

/**
 * Reads an API key as users paste it: without blanks, line breaks, quotes and the name of a variable around it.
 *
 * @throws AxioError `invalid-argument` if there is no key, or if it cannot be one. The message does not quote it.
 */
export function readApiKey(text: string): string {
  let key = text.replace(NOISE, "").trim().replace(LINE_BREAK, "");
  for (let before = ""; before !== key; ) {
    before = key;
    key = key
      .replace(QUOTES, "")
      .replace(PREFIX, "")
      .replace(/^Bearer\s+/i, "")
      .trim();
  }
  if (key === "")
    throw new AxioError("invalid-argument", "There is no API key in the input. Paste the whole key.");
  if (KEY.test(key)) return key;
  throw new AxioError(
    "invalid-argument",
    /\s/.test(key)
      ? "This is not an API key: it has blanks. Paste the key alone."
      : "This is not an API key: it has characters that no key has. Copy it again.",
  );
}

/** The shortest key whose end may be shown. */
const LONG_ENOUGH = 16;

/** Names a key without revealing it: `API key …wxyz`. Of a short key nothing is shown. */
export function describeApiKey(apiKey: string): string {
  return apiKey.length < LONG_ENOUGH ? "API key" : `API key …${apiKey.slice(-4)}`;
}

/** Prefixes that keys of one provider have, and no others. */
const OWNERS: readonly (readonly [prefix: string, owner: string])[] = [
  ["sk-ant-", "Anthropic"],
  ["sk-or-", "OpenRouter"],
  ["sk-proj-", "OpenAI"],
  ["sk-svcacct-", "OpenAI"],
  ["gsk_", "Groq"],
  ["xai-", "xAI"],
  ["AIza", "Google"],
  ["hf_", "Hugging Face"],
  ["nvapi-", "NVIDIA"],
  ["pplx-", "Perplexity"],
  ["csk-", "Cerebras"],
  ["ghp_", "GitHub"],
  ["eyJ", "a sign-in (it is a token, not an API key)"],
];

/** Returns whose key it is, if its beginning tells. */
export function ownerOfApiKey(apiKey: string): string | undefined {
  return OWNERS.find(([prefix]) => apiKey.startsWith(prefix))?.[1];
}

/**
 * Checks that a key is not one of another provider, which it would be revealed to.
 *
 * @param owner The provider's name in the list of known keys: `"OpenAI"`, `"Anthropic"`.
 * @throws AxioError `invalid-argument`, which names the other provider.
 */
export function assertApiKeyOwner(apiKey: string, owner: string | undefined): void {
  const actual = owner === undefined ? undefined : ownerOfApiKey(apiKey);
  if (actual === undefined || actual === owner) return;
  throw new AxioError(
    "invalid-argument",
    `This is not a key of ${owner}: it looks like one of ${actual}. It was not sent. Use a key of ${owner}.`,
  );
}
