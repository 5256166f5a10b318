import { AxioError, isJsonObject, type JsonObject } from "axio";
import { assertSecureUrl, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { delay, readNumber, readString } from "axio-http/internal";
import { CLIENT_ID, OAUTH_PATHS } from "../config.ts";
import { errorOf } from "../errors.ts";

/** What a person needs to sign in on another device. */
export interface DeviceCode {
  /** Typed in by the person. */
  readonly userCode: string;
  /** Where the person types it in. */
  readonly verificationUrl: string;
  /** When it ends, in Unix milliseconds. */
  readonly expiresAt: number;
  /** How long to wait between two questions, in milliseconds. */
  readonly intervalMs: number;
  /** Names the attempt to the server. A secret. */
  readonly deviceAuthId: string;
}

/** What an approved device code brings: a code, and the verifier that the server chose for it. */
export interface DeviceAuthorization {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Options of the device code functions. */
export interface DeviceCodeOptions {
  readonly issuer: string | URL;
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

const LIFETIME_MS = 15 * 60_000;
const DEFAULT_INTERVAL_MS = 5_000;
const SMALLEST_INTERVAL_MS = 1_000;
/** Errors that mean no more than that the server does not want to. */
const REFUSALS: ReadonlySet<string> = new Set([
  "invalid-request",
  "unauthenticated",
  "forbidden",
  "not-found",
  "unsupported-parameter",
]);
/** The server answers with these while nobody has typed the code in. */
const PENDING = new Set([403, 404]);
/** What a network on the way answers, with the same status. */
const NOT_THE_SERVER: ReadonlySet<string> = new Set(["blocked", "unsupported-country"]);

/**
 * Asks for a device code.
 *
 * @throws AxioError `login-failed` where the account's administrator has not allowed device codes, `network`, `aborted`,
 *   and whatever else the server answers.
 */
export async function requestDeviceCode(options: DeviceCodeOptions): Promise<DeviceCode> {
  const { issuer, now = Date.now } = options;
  const url = endpoint(issuer, OAUTH_PATHS.deviceUserCode);
  const response = await post(url, { client_id: CLIENT_ID }, options);
  if (response.status === 404) {
    throw new AxioError(
      "login-failed",
      "Signing in with a device code is not enabled here. Sign in with the browser instead, or paste the address that it ends on.",
      {
        cause: await errorOf(response, url, options.signal),
      },
    );
  }
  const answer = await readAnswer(response, url, options);
  const deviceAuthId = readString(answer, "device_auth_id");
  const userCode = readString(answer, "user_code") ?? readString(answer, "usercode");
  if (deviceAuthId === undefined || userCode === undefined) {
    throw new AxioError(
      "protocol",
      `${url.host} gave a device code that is not whole. Start the sign-in again.`,
    );
  }
  const expiresAt = Date.parse(readString(answer, "expires_at") ?? "");
  return {
    userCode,
    deviceAuthId,
    verificationUrl: endpoint(issuer, OAUTH_PATHS.devicePage).href,
    intervalMs: intervalOf(answer),
    // The server's date counts only where it is of use: a clock that is wrong by hours must not end the wait at once.
    expiresAt:
      Number.isFinite(expiresAt) && expiresAt > now() && expiresAt < now() + 2 * LIFETIME_MS
        ? expiresAt
        : now() + LIFETIME_MS,
  };
}

/**
 * Waits until the person has typed the code in. A failure that may pass, of the network or the server, does not end the
 * wait.
 *
 * @throws AxioError `login-timeout` where nobody did in time, `login-denied`, `aborted`, and whatever else the server answers.
 */
export async function waitForDevice(
  device: DeviceCode,
  options: DeviceCodeOptions,
): Promise<DeviceAuthorization> {
  const { issuer, signal, now = Date.now } = options;
  let failure: AxioError | undefined;
  for (;;) {
    await delay(Math.max(device.intervalMs, failure?.retryAfterMs ?? 0), signal);
    if (now() >= device.expiresAt) throw codeEnded(failure);
    failure = undefined;
    try {
      const answer = await askWhetherTyped(device, options);
      if (answer === undefined) continue;
      return { ...answer, redirectUri: endpoint(issuer, OAUTH_PATHS.deviceCallback).href };
    } catch (error) {
      if (!AxioError.is(error) || !error.retryable) throw error;
      failure = error;
    }
  }
}

/** Asks once; `undefined` where nobody has typed the code in yet. */
async function askWhetherTyped(
  { deviceAuthId, userCode }: DeviceCode,
  options: DeviceCodeOptions,
): Promise<Pick<DeviceAuthorization, "code" | "verifier"> | undefined> {
  const url = endpoint(options.issuer, OAUTH_PATHS.deviceToken);
  const response = await post(url, { device_auth_id: deviceAuthId, user_code: userCode }, options);
  if (!response.ok) {
    const error = await errorOf(response, url, options.signal, [deviceAuthId]);
    if (isPending(response.status, error)) return undefined;
    throw asLoginError(error, url);
  }
  const answer = await readAnswer(response, url, options);
  const code = readString(answer, "authorization_code");
  const verifier = readString(answer, "code_verifier");
  if (code === undefined || verifier === undefined) {
    throw new AxioError(
      "protocol",
      `${url.host} approved the device code with an answer that is not whole. Start the sign-in again.`,
    );
  }
  return { code, verifier };
}

/**
 * Tells whether an answer means that nobody has decided yet. Of the many answers with the same status, those of others than
 * the sign-in server do not.
 *
 * @throws AxioError `login-denied`, `login-timeout` where the code means that.
 */
function isPending(status: number, error: AxioError): boolean {
  const { peerCode } = error.details;
  if (peerCode === "access_denied" || peerCode === "deviceauth_authorization_denied") {
    throw new AxioError(
      "login-denied",
      "The sign-in was declined on the other device. Start it again if that was a mistake.",
      { cause: error },
    );
  }
  if (peerCode === "expired_token" || peerCode === "deviceauth_authorization_expired") throw codeEnded(error);
  return PENDING.has(status) && !NOT_THE_SERVER.has(error.code);
}

function codeEnded(cause: AxioError | undefined): AxioError {
  return new AxioError(
    "login-timeout",
    "Nobody typed the code in before it ended. Start the sign-in again for a new one.",
    cause === undefined ? {} : { cause },
  );
}

/** What is said of a refused request is of no use to a person who signs in. */
function asLoginError(error: AxioError, url: URL): AxioError {
  if (!REFUSALS.has(error.code)) return error;
  const { peerCode, status } = error.details;
  return new AxioError(
    "login-failed",
    `${url.host} refused the sign-in with a device code (${peerCode ?? status}). Start it again, or sign in with the browser.`,
    { cause: error, details: error.details },
  );
}

/** Seconds, as text or number. */
function intervalOf(answer: JsonObject): number {
  const seconds = readNumber(answer, "interval") ?? Number.parseFloat(readString(answer, "interval") ?? "");
  return Number.isFinite(seconds) ? Math.max(SMALLEST_INTERVAL_MS, seconds * 1000) : DEFAULT_INTERVAL_MS;
}

function endpoint(issuer: string | URL, path: string): URL {
  return new URL(path, assertSecureUrl(issuer, "The issuer"));
}

function post(url: URL, body: JsonObject, { fetch, signal }: DeviceCodeOptions): Promise<Response> {
  return sendRequest({
    url,
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    fetch,
    signal,
  });
}

async function readAnswer(response: Response, url: URL, { signal }: DeviceCodeOptions): Promise<JsonObject> {
  if (!response.ok) throw asLoginError(await errorOf(response, url, signal), url);
  const body = await readBodyText(response, { signal, whole: true });
  try {
    const answer: unknown = JSON.parse(body);
    if (isJsonObject(answer)) return answer;
  } catch {
    // The parser's message may quote the answer, which holds secrets.
  }
  throw new AxioError("protocol", `${url.host} gave an answer that is no JSON. Start the sign-in again.`);
}
