import { randomInt } from "node:crypto";
import { AxioError } from "axio";
import {
  type AuthorizationCallback,
  type CredentialStore,
  createPkce,
  createState,
  FatalError,
  readAuthorizationResponse,
  redactSecrets,
  redeemCode,
  signIn,
} from "axio-auth";
import { API_BASE_URL, CALLBACK_HOST, CALLBACK_PATH, LOGIN_TIMEOUT_MS } from "../config.ts";
import { type ChatGPTCredentials, pendingRegistration } from "../credentials.ts";
import { assertHostId, ensureHostId, hostStore } from "../host-id.ts";
import { defaultStore } from "../profile-store.ts";
import { assertAppName, authorizationUrl, withoutTokenHint } from "./authorization-url.ts";
import { clientIdOf } from "./callback.ts";
import { grantedBy } from "./granted.ts";
import type { LoginOptions } from "./login-options.ts";
import { SignInServer } from "./sign-in-server.ts";
import { verified, verify } from "./verify.ts";

/**
 * Signs in with ChatGPT and keeps the registration and its sign-in in a store.
 *
 * The first sign-in registers the app for the account and workspace that the person chooses; the client id is kept as
 * soon as it is known, and every later sign-in of this store uses it, also after one that failed. Another account or
 * workspace has a store of its own.
 *
 * From the second sign-in on, the address that `openBrowser` gets holds a hint with a token: do not log it. The one that
 * `onProgress` tells is without.
 *
 * One sign-in at a time for each store. In one process a second one fails at once. Of two processes that register at once
 * the second fails in the end, and its registration stays unused.
 *
 * A person may sign in and not let the app use the plan. That is no error: see `usesPlan()`, and `enablePlan`.
 *
 * @throws AxioError
 * - `login-denied`: the person said no.
 * - `login-timeout`: nobody signed in.
 * - `login-failed`, `unsupported-country`, `blocked`: the message says what to do.
 * - `account-mismatch`: another account than the one that is kept here.
 * - `id-token-invalid`: what says who signed in cannot be trusted.
 * - `jwks-unavailable`: that could not be checked; a first sign-in is kept, and checked with its first use.
 * - `callback-port-in-use`: the browser cannot come back, and nobody can paste.
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
  // A second press of a button must not register a second time.
  const place: object = options.store ?? DEFAULT_PLACE;
  if (underWay.has(place)) throw alreadyUnderWay();
  underWay.add(place);
  try {
    return await signInAs(appName, options);
  } finally {
    underWay.delete(place);
  }
}

/** The stores that a sign-in is under way for. */
const underWay = new WeakSet<object>();
/** Stands for the store of whoever names none. */
const DEFAULT_PLACE = {};

async function signInAs(appName: string, options: LoginOptions): Promise<ChatGPTCredentials> {
  const { store = defaultStore(), signal, enablePlan = false, method } = options;
  const ports = options.ports ?? [method === "paste" ? unheardPort() : 0];
  const server = new SignInServer(options);
  const hostId =
    options.hostId === undefined ? await ensureHostId(hostStore(), signal) : assertHostId(options.hostId);
  // A store that cannot be read or written is found before the person is asked to do anything: an update that changes
  // nothing takes its lock.
  const registration = await store.update(async (current) => current, { signal });
  server.assertOwn(registration);
  const { authorizationEndpoint } = await server.metadata(signal);
  const resource = String(options.resource ?? API_BASE_URL);
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
    exchange: (answer, during) => exchange(answer, attempt, during),
    accountOf: ({ email, name }) => email ?? name,
  });
  return redactSecrets(credentials);
}

/** A port for an address that nobody listens at: where the browser ends is pasted. */
function unheardPort(): number {
  // Of those that no service has for its own.
  return randomInt(49_152, 65_536);
}

/** What an attempt to sign in remembers from its beginning to its end. */
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
  const clientId = clientIdOf(params, registration?.clientId, server.issuer);
  // Before anything that can fail, or the next sign-in would register a second time.
  const kept = clientId === undefined ? undefined : await keepRegistration(clientId, attempt);
  const { code } = readAuthorizationResponse(params);
  if (clientId === undefined || kept === undefined) throw changedMeanwhile();
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
  const granted = grantedBy(tokens, kept, { nonce, resource, receivedAt: Date.now() });
  return keepGranted(granted, kept, store, server).catch((error: unknown) => {
    // The code is spent: no other way leads further.
    throw new FatalError(error);
  });
}

async function keepRegistration(
  clientId: string,
  { store, server, registration }: Attempt,
): Promise<ChatGPTCredentials> {
  const kept = await store.update(async (current) => {
    if (current === undefined) return registration ?? pendingRegistration(clientId, server.issuer);
    if (current.clientId !== clientId) throw changedMeanwhile();
    return current;
  });
  if (kept === undefined) throw changedMeanwhile();
  return kept;
}

/**
 * Keeps what was granted. What replaces nothing is kept at once, so that it is not lost where it cannot be verified right
 * now; what takes the place of a sign-in that works is verified before.
 */
async function keepGranted(
  granted: ChatGPTCredentials,
  kept: ChatGPTCredentials,
  store: CredentialStore<ChatGPTCredentials>,
  server: SignInServer,
): Promise<ChatGPTCredentials> {
  const replaces = kept.accessToken + kept.refreshToken !== "" && kept.unverified === undefined;
  const next = replaces ? await verified(granted, server) : granted;
  const saved = await store.update(async (current) => {
    if (current?.clientId !== granted.clientId) throw changedMeanwhile();
    return next;
  });
  return saved?.unverified === undefined ? next : verify(saved, store, server);
}

function alreadyUnderWay(): AxioError {
  return new AxioError(
    "login-failed",
    "A sign-in for the same profile is under way. Finish it in the browser, or end it first.",
  );
}

function changedMeanwhile(): AxioError {
  return new AxioError(
    "login-failed",
    "Another sign-in for the same profile was begun or finished meanwhile. Look at its result, or start again.",
  );
}
