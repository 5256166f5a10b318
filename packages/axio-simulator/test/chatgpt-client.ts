import * as oauth from "oauth4webapi";
import { ALL_SCOPES, type ChatGPTSimulator, DYNAMIC_CLIENT_ID } from "../src/index.ts";
import { user } from "./client.ts";

/** The redirect URI. The tests follow no redirect, so no server listens there. */
export const REDIRECT_URI = "http://127.0.0.1:51789/auth/callback";

/** The id of a host. */
export const HOST_ID = "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1";

/** The resource of the documentation. */
export const RESOURCE = "https://api.openai.com/v1";

// The library demands https without it.
export const PLAIN_HTTP = { [oauth.allowInsecureRequests]: true };

/** The values of a sign-in until its callback. */
export interface Attempt {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly url: URL;
}

/** A new attempt with the parameters of the documentation. `undefined` omits one. */
export async function attempt(
  simulator: ChatGPTSimulator,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Attempt> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const parameters = {
    client_id: DYNAMIC_CLIENT_ID,
    agent_name_hint: change["client_id"] === undefined ? "Sample Tool" : undefined,
    ext_agent_host_id: HOST_ID,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    scope: ALL_SCOPES.join(" "),
    resource: RESOURCE,
    state,
    nonce,
    code_challenge_method: "S256",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    ...change,
  };
  const url = new URL(`${simulator.issuer}/api/accounts/authorize`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { verifier, state, nonce, url };
}

/** Opens the authorization page of a simulator with `autoApprove` and returns the redirect. */
export async function callbackOf({ url }: Attempt): Promise<URL> {
  const answer = await fetch(url, { redirect: "manual" });
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`No redirect: ${answer.status} ${await answer.text()}`);
  return new URL(location);
}

/** The authorization server as its discovery document describes it. */
export async function discover(simulator: ChatGPTSimulator): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(simulator.issuer);
  const answer = await oauth.discoveryRequest(issuer, PLAIN_HTTP);
  return oauth.processDiscoveryResponse(issuer, answer);
}

/** The tokens of a sign-in whose ID token the library accepted. */
export interface SignedIn {
  readonly client: oauth.Client;
  readonly tokens: oauth.TokenEndpointResponse;
}

/** Exchanges the code of a callback. */
export async function redeem(
  simulator: ChatGPTSimulator,
  started: Attempt,
  callback: URL,
  clientId = callback.searchParams.get("client_id") ?? "",
): Promise<SignedIn> {
  const server = await discover(simulator);
  const client: oauth.Client = { client_id: clientId };
  const parameters = oauth.validateAuthResponse(server, client, withoutClientId(callback), started.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    REDIRECT_URI,
    started.verifier,
    { ...PLAIN_HTTP, additionalParameters: { resource: RESOURCE } },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: started.nonce,
    requireIdToken: true,
  });
  return { client, tokens };
}

/** A whole registration. */
export async function register(simulator: ChatGPTSimulator): Promise<SignedIn> {
  const started = await attempt(simulator);
  return redeem(simulator, started, await callbackOf(started));
}

/** Refreshes as the library does. */
export async function refresh(
  simulator: ChatGPTSimulator,
  { client, tokens }: SignedIn,
): Promise<oauth.TokenEndpointResponse> {
  const server = await discover(simulator);
  const answer = await oauth.refreshTokenGrantRequest(
    server,
    client,
    oauth.None(),
    tokens.refresh_token ?? "",
    {
      ...PLAIN_HTTP,
      additionalParameters: { resource: RESOURCE },
    },
  );
  return oauth.processRefreshTokenResponse(server, client, answer);
}

function withoutClientId(callback: URL): URL {
  const changed = new URL(callback);
  changed.searchParams.delete("client_id");
  return changed;
}

/** A tool that reads. */
export const READ = {
  type: "function",
  name: "read",
  description: "Reads",
  strict: false,
  parameters: { type: "object", properties: {} },
};
/** The tool in a namespace, as the documentation demands. */
export const WRAPPED = [{ type: "namespace", name: "files", description: "Files", tools: [READ] }];

/** A body that passes every check. */
export function planBody(script: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: "gpt-6.1-sol",
    input: [user(script)],
    tools: WRAPPED,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "low", summary: "auto" },
    store: false,
    stream: true,
    ...change,
  };
}

/** Posts a form to an endpoint below `/api/accounts`. An empty response becomes an empty object. */
export async function send(
  simulator: ChatGPTSimulator,
  form: Readonly<Record<string, string>>,
  path = "oauth/token",
): Promise<[status: number, answer: Record<string, unknown>]> {
  const answer = await fetch(`${simulator.issuer}/api/accounts/${path}`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? {} : (JSON.parse(text) as Record<string, unknown>)];
}
