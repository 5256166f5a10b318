import { AxioError, isJsonObject, type JsonObject } from "axio";
import { assertSecureUrl, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { delay, readNumber, readString } from "axio-http/internal";
import { CLIENT_ID, OAUTH_PATHS } from "../config.ts";
import { errorOf } from "../errors.ts";

/** A code with which the user signs in on another device. */
export interface DeviceCode {
  /** The code that the user enters. */
  readonly userCode: string;
  /** Where the user enters it. */
  readonly verificationUrl: string;
  /** When the code expires, in Unix milliseconds. */
  readonly expiresAt: number;
  /** The interval between two polls. */
  readonly intervalMs: number;
  /** Identifies the sign-in to the server. A secret. */
  readonly deviceAuthId: string;
}

/** An approved device code: an authorization code, and the verifier that the server chose for it. */
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
  /** The current time in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

const LIFETIME_MS = 15 * 60_000;
const DEFAULT_INTERVAL_MS = 5_000;
const MIN_INTERVAL_MS = 1_000;
const MAX_INTERVAL_MS = 60_000;
/** The codes of errors whose message would not help a user who signs in. */
const REJECTED: ReadonlySet<string> = new Set([
  "invalid-request",
  "unauthenticated",
  "forbidden",
  "not-found",
  "unsupported-parameter",
]);
/** By how much a `slow_down` increases the interval (RFC 8628 §3.5). */
const SLOW_DOWN_MS = 5_000;
/** The statuses with which the server responds until the user has entered the code. */
const PENDING_STATUSES = new Set([403, 404]);
/** The codes of errors with such a status that do not come from the sign-in server. */
const NOT_FROM_SERVER: ReadonlySet<string> = new Set(["blocked", "unsupported-country"]);

/**
 * Requests a device code.
 *
 * @throws AxioError `login-failed` if the administrator of the account has not enabled device codes; `protocol`; `network`,
 *   `aborted`, and other errors of the server.
 */
export async function requestDeviceCode(options: DeviceCodeOptions): Promise<DeviceCode> {
  const { issuer, now = Date.now } = options;
  const url = endpoint(issuer, OAUTH_PATHS.deviceUserCode);
  const response = await post(url, { client_id: CLIENT_ID }, options);
  if (response.status === 404) {
    throw new AxioError(
      "login-failed",
      "Device codes are not enabled for this account. Sign in with the browser, or paste the address that it ends on.",
      { cause: await errorOf(response, url, options.signal) },
    );
  }
  const body = await readBody(response, url, options);
  const deviceAuthId = readString(body, "device_auth_id");
  const userCode = readString(body, "user_code") ?? readString(body, "usercode");
  if (deviceAuthId === undefined || userCode === undefined) {
    throw new AxioError("protocol", `${url.host} sent an incomplete device code. Start the sign-in again.`);
  }
  const expiresAt = Date.parse(readString(body, "expires_at") ?? "");
  // A wrong clock must not end the wait at once, or prolong it by hours.
  const isPlausible = expiresAt > now() && expiresAt < now() + 2 * LIFETIME_MS;
  return {
    userCode,
    deviceAuthId,
    verificationUrl: endpoint(issuer, OAUTH_PATHS.devicePage).href,
    intervalMs: intervalOf(body),
    expiresAt: isPlausible ? expiresAt : now() + LIFETIME_MS,
  };
}

/**
 * Waits until the user has entered the code. Transient failures of the network or the server do not end the wait.
 *
 * @throws AxioError `login-timeout` if the user does not enter it in time, `login-denied`, `aborted`, and other errors of the
 *   server.
 */
export async function waitForDevice(
  device: DeviceCode,
  options: DeviceCodeOptions,
): Promise<DeviceAuthorization> {
  const { issuer, signal, now = Date.now } = options;
  let failure: AxioError | undefined;
  let { intervalMs } = device;
  for (;;) {
    await delay(Math.max(intervalMs, failure?.retryAfterMs ?? 0), signal);
    if (now() >= device.expiresAt) throw codeExpired(failure);
    failure = undefined;
    try {
      const authorization = await poll(device, options);
      if (authorization === "slow-down") intervalMs += SLOW_DOWN_MS;
      else if (authorization !== "pending")
        return { ...authorization, redirectUri: endpoint(issuer, OAUTH_PATHS.deviceCallback).href };
    } catch (error) {
      if (!AxioError.is(error) || !error.retryable) throw error;
      failure = error;
    }
  }
}

/** That the user has not decided yet, and whether the server asks for fewer polls. */
type Undecided = "pending" | "slow-down";

/** Polls once. */
async function poll(
  { deviceAuthId, userCode }: DeviceCode,
  options: DeviceCodeOptions,
): Promise<Pick<DeviceAuthorization, "code" | "verifier"> | Undecided> {
  const url = endpoint(options.issuer, OAUTH_PATHS.deviceToken);
  const response = await post(url, { device_auth_id: deviceAuthId, user_code: userCode }, options);
  if (!response.ok) {
    const error = await errorOf(response, url, options.signal, [deviceAuthId]);
    const outcome = classifyPoll(response.status, error, url);
    if (AxioError.is(outcome)) throw outcome;
    return outcome;
  }
  const body = await readBody(response, url, options);
  const code = readString(body, "authorization_code");
  const verifier = readString(body, "code_verifier");
  if (code === undefined || verifier === undefined) {
    throw new AxioError(
      "protocol",
      `${url.host} approved the device code with an incomplete response. Start the sign-in again.`,
    );
  }
  return { code, verifier };
}

/** Classifies a response without success. Pages of proxies do not mean that the user has not decided yet. */
function classifyPoll(status: number, error: AxioError, url: URL): Undecided | AxioError {
  switch (error.details.peerCode) {
    case "authorization_pending":
    case "deviceauth_authorization_pending":
      return "pending";
    case "slow_down":
    case "deviceauth_slow_down":
      return "slow-down";
    case "access_denied":
    case "deviceauth_authorization_denied":
      return new AxioError(
        "login-denied",
        "The sign-in was declined on the other device. Start it again if that was a mistake.",
        { cause: error },
      );
    case "expired_token":
    case "deviceauth_authorization_expired":
      return codeExpired(error);
    default:
      return PENDING_STATUSES.has(status) && !NOT_FROM_SERVER.has(error.code)
        ? "pending"
        : asLoginError(error, url);
  }
}

function codeExpired(cause: AxioError | undefined): AxioError {
  const message = "The device code expired before it was entered. Start the sign-in again to get a new one.";
  return new AxioError("login-timeout", message, { cause });
}

function asLoginError(error: AxioError, url: URL): AxioError {
  if (!REJECTED.has(error.code)) return error;
  const { peerCode, status } = error.details;
  return new AxioError(
    "login-failed",
    `${url.host} rejected the sign-in with a device code (${peerCode ?? status}). Start it again, or sign in with the browser.`,
    { cause: error, details: error.details },
  );
}

/** Reads the interval, in seconds as a number or text. */
function intervalOf(body: JsonObject): number {
  const seconds = readNumber(body, "interval") ?? Number.parseFloat(readString(body, "interval") ?? "");
  if (!Number.isFinite(seconds)) return DEFAULT_INTERVAL_MS;
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, seconds * 1_000));
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

async function readBody(response: Response, url: URL, { signal }: DeviceCodeOptions): Promise<JsonObject> {
  if (!response.ok) throw asLoginError(await errorOf(response, url, signal), url);
  const text = await readBodyText(response, { signal, whole: true });
  try {
    const body: unknown = JSON.parse(text);
    if (isJsonObject(body)) return body;
  } catch {
    // The message of the parser may quote the response, which has secrets.
  }
  throw new AxioError("protocol", `${url.host} sent a response that is not JSON. Start the sign-in again.`);
}
