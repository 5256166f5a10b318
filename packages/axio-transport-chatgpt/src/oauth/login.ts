import { randomInt } from "node:crypto";
import { AxioError, type ErrorCode } from "axio";
import {
  type AuthorizationCallback,
  assertWritable,
  asUnsaved,
  type CredentialStore,
  createPkce,
  createState,
  FatalError,
  readAuthorizationResponse,
  redactSecrets,
  redeemCode,
  signIn,
} from "axio-auth";
import { BASE_URL, CALLBACK_HOST, CALLBACK_PATH, LOGIN_TIMEOUT_MS } from "../config.ts";
import { type ChatGPTCredentials, pendingRegistration } from "../credentials.ts";
import { assertHostId, ensureHostId, hostStore } from "../host-id.ts";
import { defaultStore } from "../profile-store.ts";
import { assertAppName, authorizationUrl, withoutTokenHint } from "./authorization-url.ts";
import { callbackClientId } from "./callback-client-id.ts";
import { credentialsFromGrant } from "./credentials-from-tokens.ts";
import type { LoginOptions } from "./login-options.ts";
import { revoke } from "./logout.ts";
import { SignInServer } from "./sign-in-server.ts";
import { verifyIdentity, verifyStored } from "./verify-identity.ts";

/**
 * Signs in with ChatGPT and saves the registration and its sign-in in a store.
 *
 * The first sign-in registers the app for the account and workspace that the user selects. The client id is saved as soon as
 * it is known, and every later sign-in of this store uses it, even after one that failed. Another account or workspace
 * needs its own store.
 *
 * From the second sign-in on, the URL for `openBrowser` has a hint with a token: do not log it. The one that `onProgress`
 * receives has none.
 *
 * A store can have one sign-in at a time. In one process, a second one fails at once. If two processes register at the same
 * time, the second one fails at the end, and its registration remains unused.
 *
 * A user may sign in without allowing the use of the plan. That is not an error: see `usesPlan()` and `enablePlan`.
 *
 * @throws AxioError
 * - `login-denied`: the user declined.
 * - `login-timeout`: the user did not finish in time.
 * - `login-failed`, `unsupported-country`, `blocked`: the message says what to do.
 * - `account-mismatch`: another account than the registered one.
 * - `id-token-invalid`: the account could not be trusted.
 * - `jwks-unavailable`: the account could not be verified. A first sign-in is saved, and verified before its first use.
 * - `callback-port-in-use`: the browser cannot return, and there is no other method.
 * - `network`, `response-timeout`, `protocol`; `store-unavailable`, `store-locked`, `credentials-malformed`; `aborted`;
 *   `invalid-argument`.
 *
 * @example
 * ```ts no-run
 * import { login, usesPlan } from "axio-transport-chatgpt";
 *
 * const account = await login({
 *   appName: "Sample Tool",
 *   onProgress: (progress) => progress.type === "authorize" && console.error(`Continue with ChatGPT: ${progress.url}`),
 * });
 * if (!usesPlan(account)) console.error("Signed in. The plan is not used.");
 * ```
 */
export async function login(options: LoginOptions): Promise<ChatGPTCredentials> {
  const appName = assertAppName(options.appName);
  // A second click must not register a second time.
  const key: object = options.store ?? DEFAULT_STORE_KEY;
  if (running.has(key)) throw alreadyRunning();
  running.add(key);
  try {
    return await signInAs(appName, options);
  } finally {
    running.delete(key);
  }
}

const HEADLINES: Partial<Record<ErrorCode, string>> = {
  "account-mismatch": "This is another account",
  "id-token-invalid": "The account could not be trusted",
  "jwks-unavailable": "The account could not be verified yet",
  "unsupported-country": "Not available in this country",
  blocked: "The network is blocked",
};

/** The stores with a running sign-in. */
const running = new WeakSet<object>();
/** Represents the default store, which is a new object for each call. */
const DEFAULT_STORE_KEY = {};

async function signInAs(appName: string, options: LoginOptions): Promise<ChatGPTCredentials> {
  const { store = defaultStore(), signal, enablePlan = false, method } = options;
  const ports = options.ports ?? [method === "paste" ? randomEphemeralPort() : 0];
  const server = new SignInServer(options);
  const hostId =
    options.hostId === undefined ? await ensureHostId(hostStore(), signal) : assertHostId(options.hostId);
  const registration = await assertWritable(store, signal);
  server.assertOwn(registration);
  const { authorizationEndpoint } = await server.metadata(signal);
  const resource = String(options.resource ?? BASE_URL);
  const { verifier, challenge } = await createPkce();
  const nonce = createState();
  const state = createState();
  const attempt: Attempt = { store, server, registration, verifier, nonce, resource };
  const credentials = await signIn<ChatGPTCredentials>({
    timeoutMs: LOGIN_TIMEOUT_MS,
    ...options,
    state,
    callback: { host: CALLBACK_HOST, path: CALLBACK_PATH, ports, isWhole: true },
    authorizationUrl: (redirectUri) =>
      authorizationUrl({
        endpoint: authorizationEndpoint,
        appName,
        hostId,
        registration,
        enablePlan,
        resource,
        redirectUri,
        state,
        nonce,
        challenge,
      }),
    shownUrl: withoutTokenHint,
    exchange: (callback, exchangeSignal) => exchange(callback, attempt, exchangeSignal),
    accountOf: ({ email, name }) => email ?? name,
    headlines: HEADLINES,
  });
  return redactSecrets(credentials);
}

/** Returns a port for a callback URL without a server, which the user pastes. No service has such a port. */
function randomEphemeralPort(): number {
  return randomInt(49_152, 65_536);
}

/** The data of a running sign-in. */
interface Attempt {
  readonly store: CredentialStore<ChatGPTCredentials>;
  readonly server: SignInServer;
  readonly registration: ChatGPTCredentials | undefined;
  readonly verifier: string;
  readonly nonce: string;
  readonly resource: string;
}

async function exchange(
  { params, redirectUri }: AuthorizationCallback,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<ChatGPTCredentials> {
  const { store, server, registration, verifier, nonce, resource } = attempt;
  const clientId = callbackClientId(params, registration?.clientId, server.issuer);
  // Before anything that can fail, so that the next sign-in does not register again.
  const saved = clientId === undefined ? undefined : await saveRegistration(clientId, attempt);
  const { code } = readAuthorizationResponse(params);
  if (clientId === undefined || saved === undefined) throw changedMeanwhile();
  const { tokenEndpoint } = await server.metadata(signal);
  const tokens = await redeemCode({
    url: tokenEndpoint,
    clientId,
    code,
    redirectUri,
    verifier,
    parameters: { resource },
    fetch: server.fetch,
    signal,
  });
  const granted = credentialsFromGrant(tokens, saved, { nonce, resource, receivedAt: Date.now() });
  return saveGranted(granted, saved, store, server).catch(async (error: unknown) => {
    // The code is used up, so no other method can succeed. Tokens that are stored nowhere must not stay valid.
    const isSaved = (await store.load().catch(() => undefined))?.refreshToken === granted.refreshToken;
    throw new FatalError(isSaved ? error : asUnsaved(error, await revoke(granted, server, undefined)));
  });
}

async function saveRegistration(
  clientId: string,
  { store, server, registration }: Attempt,
): Promise<ChatGPTCredentials> {
  const saved = await store.update(async (current) => {
    if (current === undefined) return registration ?? pendingRegistration(clientId, server.issuer);
    if (current.clientId !== clientId) throw changedMeanwhile();
    return current;
  });
  if (saved === undefined) throw changedMeanwhile();
  return saved;
}

/**
 * Saves granted credentials. If they replace none, they are saved at once, so that they are not lost if they cannot be
 * verified now. If they replace a working sign-in, they are verified first.
 */
async function saveGranted(
  granted: ChatGPTCredentials,
  previous: ChatGPTCredentials,
  store: CredentialStore<ChatGPTCredentials>,
  server: SignInServer,
): Promise<ChatGPTCredentials> {
  const replacesSignIn =
    previous.accessToken + previous.refreshToken !== "" && previous.unverified === undefined;
  const next = replacesSignIn ? await verifyIdentity(granted, server) : granted;
  const saved = await store.update(async (current) => {
    if (current?.clientId !== granted.clientId) throw changedMeanwhile();
    return next;
  });
  return saved?.unverified === undefined ? next : verifyStored(saved, store, server);
}

function alreadyRunning(): AxioError {
  return new AxioError(
    "login-failed",
    "A sign-in for this profile is already running. Finish it in the browser, or cancel it first.",
  );
}

function changedMeanwhile(): AxioError {
  return new AxioError(
    "login-failed",
    "Another sign-in for this profile was started or finished meanwhile. Check its result, or start again.",
  );
}
