import type { AxioError, JsonObject } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import type { ChatGPTSimulator } from "axio-simulator";
import { issued } from "test-support/chatgpt-simulator";
import {
  type ChatGPTCredentials,
  type ChatGPTTransportOptions,
  type LoginOptions,
  login,
} from "../src/index.ts";
import { refresh } from "../src/oauth/refresh.ts";
import { SignInServer } from "../src/oauth/sign-in-server.ts";
import { ChatGPTSession } from "../src/session.ts";

export { type Expected, issued, simulate } from "test-support/chatgpt-simulator";
export { asking, collect, failureOf, textOf } from "test-support/transport-calls";

/** Returns the code of an error, with its reason if it has one: `"id-token-invalid:nonce"`. */
export function fullCode({ code, details: { reason } }: AxioError): string {
  return reason === undefined ? code : `${code}:${reason}`;
}

export const HOST_ID = "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1";

/** A store of credentials. */
export type Store = MemoryCredentialStore<ChatGPTCredentials>;

/** Returns an empty store. */
export function emptyStore(): Store {
  return new MemoryCredentialStore<ChatGPTCredentials>();
}

/** Signs in with a browser that follows the simulator's switches. */
export async function signIn(
  simulator: ChatGPTSimulator,
  options: Partial<LoginOptions> = {},
): Promise<ChatGPTCredentials> {
  const pages: Promise<unknown>[] = [];
  try {
    return await login({
      appName: "Sample Tool",
      hostId: HOST_ID,
      issuer: simulator.issuer,
      store: emptyStore(),
      openBrowser: async (url) => {
        pages.push(fetch(url).then((page) => page.text()));
        return true;
      },
      ...options,
    });
  } finally {
    await Promise.allSettled(pages);
  }
}

/** Returns a session on a store. */
export function sessionOn(
  simulator: ChatGPTSimulator,
  store: Store,
): { session: ChatGPTSession; warnings: AxioError[] } {
  const server = new SignInServer({ issuer: simulator.issuer });
  const warnings: AxioError[] = [];
  const session = new ChatGPTSession({
    store,
    server,
    refresh: (credentials, signal) => refresh(credentials, server, signal),
    onRefresh: undefined,
    onWarning: (warning) => warnings.push(warning),
    now: undefined,
  });
  return { session, warnings };
}

/** Options that connect a signed-in transport to a simulator, with short delays. */
export function connection(
  simulator: ChatGPTSimulator,
  credentials: ChatGPTCredentials = issued(simulator),
): ChatGPTTransportOptions & { readonly credentials: Store } {
  return {
    credentials: new MemoryCredentialStore<ChatGPTCredentials>(credentials),
    baseUrl: simulator.apiBaseUrl,
    issuer: simulator.issuer,
    model: "gpt-5.5",
    retry: { baseDelayMs: 1 },
  };
}

/** Returns the bodies of the requests for responses. */
export function bodies(simulator: ChatGPTSimulator): readonly JsonObject[] {
  return simulator.requests
    .filter(({ path }) => path === "/v1/responses")
    .map(({ body }) => JSON.parse(body) as JsonObject);
}
