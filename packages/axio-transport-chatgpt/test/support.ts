import { AxioError, type JsonObject, type StreamRequest, type TransportEvent, userMessage } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import {
  type ChatGPTSimulator,
  type ChatGPTSimulatorOptions,
  type IssuePlanOptions,
  startChatGPTSimulator,
  type ViolationKind,
} from "axio-simulator";
import { expect, onTestFinished } from "vitest";
import {
  type ChatGPTCredentials,
  type ChatGPTTransportOptions,
  type LoginOptions,
  login,
} from "../src/index.ts";
import { refresh } from "../src/oauth/refresh.ts";
import { SignInServer } from "../src/oauth/sign-in-server.ts";
import { ChatGPTSession } from "../src/session.ts";

export const HOST_ID = "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1";

/** What a test does on purpose that the documents forbid, or leave to the client. */
export interface Expected {
  readonly violations?: readonly ViolationKind[];
}

/** A simulator for one test, at whose end nothing may have been done that the documents forbid. */
export async function simulate({
  violations = [],
  ...options
}: ChatGPTSimulatorOptions & Expected = {}): Promise<ChatGPTSimulator> {
  const simulator = await startChatGPTSimulator({ autoApprove: true, ...options });
  onTestFinished(async () => {
    await simulator.close();
    const unexpected = simulator.violations.filter(({ kind }) => !violations.includes(kind));
    expect(unexpected).toEqual([]);
  });
  return simulator;
}

/** Where a test keeps a sign-in. */
export type Store = MemoryCredentialStore<ChatGPTCredentials>;

/** An empty place for a registration. */
export function emptyStore(): Store {
  return new MemoryCredentialStore<ChatGPTCredentials>();
}

/** Signs in as a person whose browser does at once what the simulator's switches say. */
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

/** A sign-in without a browser. */
export function issued(simulator: ChatGPTSimulator, options: IssuePlanOptions = {}): ChatGPTCredentials {
  const { clientId, scopes, accessToken, refreshToken, idToken, expiresAt } = simulator.issueTokens(options);
  return {
    clientId,
    issuer: simulator.issuer,
    resource: simulator.apiBaseUrl,
    subject: "subj_user-SIM0001",
    email: "robin@example.test",
    idToken,
    accessToken,
    refreshToken,
    expiresAt,
    lifetime: 3600,
    scopes,
  };
}

/** A session on a store, with a clock that the test may turn. */
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

/** The `AxioError` that something fails with. */
export async function failureOf(task: Promise<unknown>): Promise<AxioError> {
  const error = await task.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (AxioError.is(error)) return error;
  throw new Error("An AxioError was expected.", { cause: error });
}

/** What leads a transport to a simulator, signed in, with waits too short to be felt. */
export function connection(
  simulator: ChatGPTSimulator,
  credentials: ChatGPTCredentials = issued(simulator),
): ChatGPTTransportOptions & { readonly credentials: Store } {
  return {
    credentials: new MemoryCredentialStore<ChatGPTCredentials>(credentials),
    baseUrl: simulator.apiBaseUrl,
    issuer: simulator.issuer,
    model: "gpt-5.5",
    retryBaseDelayMs: 1,
  };
}

/** A request whose prompt the simulator takes for its script. */
export function asking(prompt: string, rest: Partial<StreamRequest> = {}): StreamRequest {
  return { system: "You are a test.", messages: [userMessage(prompt)], tools: [], ...rest };
}

/** All events of a call. */
export async function collect(stream: AsyncIterable<TransportEvent>): Promise<readonly TransportEvent[]> {
  const events: TransportEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The text of a call. */
export async function textOf(stream: AsyncIterable<TransportEvent>): Promise<string> {
  let text = "";
  for await (const event of stream) {
    if (event.type === "retry") text = "";
    if (event.type === "text-delta") text += event.delta;
  }
  return text;
}

/** The bodies of the requests for answers. */
export function bodies(simulator: ChatGPTSimulator): readonly JsonObject[] {
  return simulator.requests
    .filter(({ path }) => path === "/v1/responses")
    .map(({ body }) => JSON.parse(body) as JsonObject);
}
