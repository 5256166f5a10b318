import { AxioError } from "axio";
import { isLoopbackHost } from "axio-http/internal";
import { type ExpectedState, isExpectedState } from "./callback-state.ts";

/** The callback that the user is expected to paste. */
export interface PasteExpectation extends ExpectedState {
  /** The redirect URI of the authorization request: a pasted address must lead to its port and path. Default: any address. */
  readonly redirectUri?: string | undefined;
}

/** A callback that was pasted. */
export interface PastedCallback {
  readonly params: URLSearchParams;
  /** Absent if the user pasted a code alone. */
  readonly state?: string;
}

/** Characters that terminals and mail programs put around or into a pasted line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal marks pasted text with escape sequences
const NOISE = /\u001b\[20[01]~|[\s\u0000-\u001f\u007f\u200b\ufeff]+|^["'<]+|["'>]+$/g;
/** A space between words. One beside a line break does not count: a terminal may have inserted both. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of a paste are not words
const INNER_SPACE = /[^\s\u0000-\u001f][^\S\r\n]+[^\s\u0000-\u001f]/;
/** An address of this machine without its scheme. */
const LOOPBACK_START = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\//i;
/** RFC 6749 allows any printable text as a code; real codes have these characters. */
const CODE = /^[\w.~+/=-]+$/;

/**
 * Reads what the user pasted in place of the callback: the whole address that the browser ended on, its query, `code#state`,
 * or the code alone. Ignores line breaks that a terminal inserted.
 *
 * @throws AxioError `invalid-argument` for anything else (ask again); `login-failed` if it belongs to another sign-in.
 */
export function parsePastedCallback(text: string, expectation: PasteExpectation): PastedCallback {
  const pasted = text.replace(NOISE, "").replace(NOISE, "");
  const params = readParams(pasted, expectation.redirectUri, INNER_SPACE.test(text));
  const state = params.get("state");
  if (state === null) return { params };
  if (isExpectedState(state, expectation)) return { params, state };
  throw new AxioError(
    "login-failed",
    "The pasted text belongs to another sign-in. Open the newest address, sign in, and paste the address that the browser ends on.",
  );
}

/** Whether a text begins like an address, whole or not. */
export function isAddress(text: string): boolean {
  const pasted = text.replace(NOISE, "").replace(NOISE, "");
  return /^https?:\/\//i.test(pasted) || LOOPBACK_START.test(pasted);
}

function readParams(pasted: string, redirectUri: string | undefined, hasSpaces: boolean): URLSearchParams {
  if (/^https?:\/\//i.test(pasted)) return urlParams(pasted, redirectUri);
  // Browsers hide the scheme.
  if (LOOPBACK_START.test(pasted)) return urlParams(`http://${pasted}`, redirectUri);
  if (/^[?#]?(?:[\w.-]+=[^&]*&)*(?:code|error)=/.test(pasted))
    return new URLSearchParams(pasted.replace(/^[?#]/, ""));
  const [code = "", state, ...rest] = pasted.split("#");
  if (hasSpaces || !CODE.test(code) || rest.length > 0 || state === "") {
    throw unreadable("This is neither an address nor a code.");
  }
  return new URLSearchParams({ code, ...(state === undefined ? {} : { state }) });
}

function urlParams(pasted: string, redirectUri: string | undefined): URLSearchParams {
  if (!URL.canParse(pasted)) throw unreadable("This address is incomplete.");
  const url = new URL(pasted);
  if (url.searchParams.has("code_challenge")) {
    throw unreadable("This is the address to sign in at, not the one the browser ends on.");
  }
  if (!url.searchParams.has("code") && !url.searchParams.has("error")) {
    throw unreadable("This address holds no code.");
  }
  if (!url.searchParams.has("state")) throw unreadable("This address is incomplete: its state is missing.");
  const expected = redirectUri === undefined ? undefined : new URL(redirectUri);
  if (expected && !isSameEndpoint(url, expected)) {
    throw unreadable(`This address is not the expected one: it should begin with ${expected.href}.`);
  }
  return url.searchParams;
}

/** Whether two addresses lead to the same port and path. A browser may change `http:` to `https:`, and show another name. */
function isSameEndpoint(url: URL, expected: URL): boolean {
  const isSameHost =
    url.hostname === expected.hostname || (isLoopbackHost(url.hostname) && isLoopbackHost(expected.hostname));
  return isSameHost && url.port === expected.port && url.pathname === expected.pathname;
}

function unreadable(problem: string): AxioError {
  return new AxioError(
    "invalid-argument",
    `${problem} Paste the whole address that the browser shows after signing in, even if the page did not load.`,
  );
}
