import { AxioError } from "axio";
import {
  type AuthorizationResponse,
  isExpectedState,
  readAuthorizationResponse,
} from "./authorization-response.ts";

/** What was expected of the callback. */
export interface PasteExpectation {
  /** The state that the authorization request was sent with. */
  readonly state: string;
  /** The address that the authorization request named: a pasted address must be that one. Without it, every address will do. */
  readonly redirectUri?: string | undefined;
}

/** What a person pasted. */
export interface PastedCallback extends AuthorizationResponse {
  /** The state that came with it. A bare code has none. */
  readonly state?: string;
}

/** What terminals and mail programs put around or into a pasted line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal marks pasted text with escape sequences
const NOISE = /\u001b\[20[01]~|[\s\u0000-\u001f\u007f\u200b\ufeff]+|^["'<]+|["'>]+$/g;
/** A blank between words. One beside a line break does not count: a terminal may have put both in. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of a paste are no words
const INNER_BLANK = /[^\s\u0000-\u001f][^\S\r\n]+[^\s\u0000-\u001f]/;
/** RFC 6749 lets a code be any printable text; all that were seen are of these characters. */
const CODE = /^[\w.~+/=-]+$/;

/**
 * Reads what a person pasted instead of the callback: the whole address that the browser ended on, its query alone,
 * `code#state`, or the code alone. Line breaks that a terminal put in are ignored.
 *
 * @throws AxioError `invalid-argument` where it is none of these (ask again); `login-failed` where it belongs to
 *   another sign-in; `login-denied`, `not-entitled`, `login-failed` where it tells of a failure.
 */
export function parsePastedCallback(text: string, expectation: PasteExpectation): PastedCallback {
  const pasted = text.replace(NOISE, "").replace(NOISE, "");
  const params = readParams(pasted, expectation.redirectUri, INNER_BLANK.test(text));
  const state = params.get("state");
  if (state !== null && !isExpectedState(state, expectation.state)) {
    throw new AxioError(
      "login-failed",
      "What you pasted belongs to another sign-in. Open the newest address, sign in, and paste where the browser ends up.",
    );
  }
  return { ...readAuthorizationResponse(params), ...(state === null ? {} : { state }) };
}

function readParams(pasted: string, redirectUri: string | undefined, hasBlanks: boolean): URLSearchParams {
  if (/^https?:\/\//i.test(pasted)) return urlParams(pasted, redirectUri);
  if (/^[?#]?(?:[\w.-]+=[^&]*&)*(?:code|error)=/.test(pasted))
    return new URLSearchParams(pasted.replace(/^[?#]/, ""));
  const [code = "", state, ...rest] = pasted.split("#");
  if (hasBlanks || !CODE.test(code) || rest.length > 0 || state === "") {
    throw unreadable("This is neither an address nor a code.");
  }
  return new URLSearchParams({ code, ...(state === undefined ? {} : { state }) });
}

function urlParams(pasted: string, redirectUri: string | undefined): URLSearchParams {
  if (!URL.canParse(pasted)) throw unreadable("This address is not complete.");
  const url = new URL(pasted);
  if (url.searchParams.has("code_challenge")) {
    throw unreadable("This is the address to sign in at, not the one the browser ends on.");
  }
  if (!url.searchParams.has("code") && !url.searchParams.has("error")) {
    throw unreadable("This address holds no code.");
  }
  const expected = redirectUri === undefined ? undefined : new URL(redirectUri);
  if (expected && (url.origin !== expected.origin || url.pathname !== expected.pathname)) {
    throw unreadable(`This address is not the one that was expected: it should begin with ${expected.href}.`);
  }
  return url.searchParams;
}

function unreadable(what: string): AxioError {
  return new AxioError(
    "invalid-argument",
    `${what} Paste the whole address that the browser shows after signing in, also if the page itself did not load.`,
  );
}
