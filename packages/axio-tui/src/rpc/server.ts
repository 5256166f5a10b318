import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { AxioError, isJsonObject, type JsonObject, type JsonValue, type ModelSpec } from "axio";
import type { SessionDatabase } from "axio-context-sqlite";
import { HeadlessConversation } from "../headless/conversation.ts";
import { eventToJson } from "../headless/event-json.ts";
import { openWorkspace, type WorkspaceIo } from "../headless/workspace.ts";
import type { PendingRequest, PermissionAnswer } from "../host/permission-queue.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import { errorResponse, RPC_ERRORS, RpcError, type RpcId } from "./message.ts";
import { Params } from "./params.ts";

/** The version of the protocol. It changes when something is removed or changes its meaning. */
export const PROTOCOL_VERSION = 1;

/** How long a response waits for the list of models, in milliseconds. */
const MODELS_TIMEOUT_MS = 5_000;

/** How long a client may take to answer a permission request, in milliseconds, unless it chooses. */
const PERMISSION_TIMEOUT_MS = 120_000;

/** The longest time that a timer can have. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** Options of {@link RpcServer}. */
export interface RpcServerOptions {
  readonly io: WorkspaceIo;
  /** The working directory of conversations that name no other one. */
  readonly cwd: string;
  readonly settings: SettingsStore;
  readonly sessions: SessionDatabase;
  /** Writes a message. Resolves when the client can take more. */
  readonly send: (message: JsonObject) => Promise<void>;
}

type Method = (params: JsonObject) => Promise<JsonValue>;

const SELECTION = ["provider", "model", "effort", "profile"];
const OPENING = [...SELECTION, "cwd", "mode", "allow", "deny", "trust", "maxSteps", "permissionTimeoutMs"];

/** The conversations of one client. */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #conversations = new Map<string, HeadlessConversation>();
  readonly #asked = new Map<RpcId, (result: JsonValue | undefined) => void>();
  #lastId = 0;
  readonly #methods: Readonly<Record<string, Method>> = {
    initialize: async () => this.#initialize(),
    "session.new": (params) => this.#open(new Params(params, [...OPENING, "store", "system"])),
    "session.load": (params) => this.#open(new Params(params, [...OPENING, "sessionId", "system"])),
    "session.fork": (params) => this.#fork(params),
    "session.list": (params) => this.#list(params),
    "session.close": (params) => this.#close(params),
    prompt: (params) => this.#prompt(params),
    steer: async (params) => this.#steer(params),
    stop: async (params) => this.#stop(params),
    "model.list": (params) => this.#models(params),
    "model.set": (params) => this.#select(params),
  };

  constructor(options: RpcServerOptions) {
    this.#options = options;
  }

  /** Answers a request. Never throws: what went wrong is the response. */
  async answer(id: RpcId, name: string, params: JsonObject): Promise<JsonObject> {
    try {
      const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
      if (method === undefined)
        throw new RpcError(
          RPC_ERRORS.unknownMethod,
          `There is no method ${JSON.stringify(name)}. Methods: ${Object.keys(this.#methods).join(", ")}.`,
        );
      return { jsonrpc: "2.0", id, result: await method(params) };
    } catch (error) {
      return errorResponse(id, error);
    }
  }

  /** Takes the client's response to a request of this server. One that comes too late has no effect. */
  receive(id: RpcId, result: JsonValue | undefined): void {
    this.#asked.get(id)?.(result);
  }

  /** Stops all runs, and closes the conversations. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#conversations.values()].map((conversation) => conversation.close()));
    this.#conversations.clear();
  }

  #initialize(): JsonObject {
    const { version } = this.#options.io;
    return { protocolVersion: PROTOCOL_VERSION, version, methods: Object.keys(this.#methods) };
  }

  async #open(params: Params): Promise<JsonObject> {
    const { io, settings, sessions, cwd } = this.#options;
    const sessionId = params.text("sessionId");
    const timeoutMs = Math.min(
      params.count("permissionTimeoutMs") ?? PERMISSION_TIMEOUT_MS,
      LONGEST_TIMEOUT_MS,
    );
    const id = `conversation-${this.#nextId()}`;
    const isStored = params.flag("store") !== false;
    const [maxSteps, replacement] = [params.count("maxSteps"), params.text("system")];
    const access = params.access();
    const folder = resolve(cwd, params.text("cwd") ?? ".");
    const stats = await stat(folder).catch(() => undefined);
    if (stats?.isDirectory() !== true)
      throw new RpcError(RPC_ERRORS.invalidParams, `There is no folder ${folder}.`);
    const workspace = await openWorkspace({
      io,
      cwd: folder,
      settings,
      start: params.selection(),
      ...access,
    });
    const conversation = await HeadlessConversation.open({
      workspace,
      sessions: isStored ? sessions : undefined,
      maxSteps,
      system: { replacement },
      onRequest: (request) => this.#askClient(id, request, timeoutMs),
    });
    this.#conversations.set(id, conversation);
    const session =
      sessionId === undefined ? await conversation.begin() : await this.#resume(id, conversation, sessionId);
    await conversation.learnModels(this.#patience());
    const messages = sessionId === undefined ? {} : { messages: toJson(await session?.history()) };
    return withoutUndefined({
      conversationId: id,
      sessionId: session?.id,
      ...stateOf(conversation),
      ...messages,
    });
  }

  async #resume(id: string, conversation: HeadlessConversation, sessionId: string) {
    try {
      return await conversation.resume(sessionId);
    } catch (error) {
      this.#conversations.delete(id);
      await conversation.close();
      throw error;
    }
  }

  async #fork(params: JsonObject): Promise<JsonObject> {
    const conversation = this.#find(new Params(params, ["conversationId"]));
    return { sessionId: (await conversation.fork()).id };
  }

  async #list(values: JsonObject): Promise<JsonObject> {
    const params = new Params(values, ["cwd", "limit", "search"]);
    const [directory, limit, search] = [params.text("cwd"), params.count("limit"), params.text("search")];
    return { sessions: toJson(await this.#options.sessions.list({ directory, limit, search })) };
  }

  async #close(values: JsonObject): Promise<JsonObject> {
    const params = new Params(values, ["conversationId"]);
    const conversation = this.#find(params);
    this.#conversations.delete(params.needed("conversationId"));
    await conversation.close();
    return {};
  }

  /** Sends each event of the run, and returns the last one. */
  async #prompt(values: JsonObject): Promise<JsonObject> {
    const params = new Params(values, ["conversationId", "text", "blocks", "output", "maxSteps"]);
    const conversation = this.#find(params);
    const conversationId = params.needed("conversationId");
    const run = conversation.run(params.prompt(), {
      output: params.object("output"),
      maxSteps: params.count("maxSteps"),
    });
    let seq = 0;
    for await (const event of run) {
      if (event.type === "result") return eventToJson(event);
      seq += 1;
      const notification = { conversationId, seq, event: eventToJson(event) };
      await this.#options.send({ jsonrpc: "2.0", method: "event", params: notification });
    }
    throw new AxioError("unexpected", "The run ended without a result.");
  }

  #steer(values: JsonObject): JsonObject {
    const params = new Params(values, ["conversationId", "text", "blocks"]);
    this.#find(params).steer(params.prompt());
    return {};
  }

  #stop(values: JsonObject): JsonObject {
    this.#find(new Params(values, ["conversationId"])).stop();
    return {};
  }

  async #models(values: JsonObject): Promise<JsonObject> {
    const conversation = this.#find(new Params(values, ["conversationId"]));
    const models = await conversation.models(this.#options.io.signal);
    return { models: toJson(models), ...stateOf(conversation) };
  }

  async #select(values: JsonObject): Promise<JsonObject> {
    const params = new Params(values, ["conversationId", ...SELECTION]);
    const conversation = this.#find(params);
    await conversation.select(params.selection());
    await conversation.learnModels(this.#patience());
    return stateOf(conversation);
  }

  /** Fires when a response has waited long enough for the list of models. */
  #patience(): AbortSignal {
    return AbortSignal.any([this.#options.io.signal, AbortSignal.timeout(MODELS_TIMEOUT_MS)]);
  }

  #find(params: Params): HeadlessConversation {
    const id = params.needed("conversationId");
    const conversation = this.#conversations.get(id);
    if (conversation === undefined)
      throw new RpcError(RPC_ERRORS.invalidParams, `There is no conversation ${JSON.stringify(id)}.`);
    return conversation;
  }

  /** Asks the client. Without an answer in time, or with one that is not understood, the answer is no. */
  async #askClient(
    conversationId: string,
    { from, request }: PendingRequest,
    timeoutMs: number,
  ): Promise<PermissionAnswer> {
    const { title, detail, subject, key, signal } = request;
    const id = `permission-${this.#nextId()}`;
    const { promise, settle } = settler<JsonValue | undefined>();
    this.#asked.set(id, settle);
    const timer = setTimeout(() => settle(undefined), timeoutMs);
    const withdraw = (): void => settle(undefined);
    signal?.addEventListener("abort", withdraw, { once: true });
    try {
      const params = toJson({ conversationId, from, title, detail, subject, key, timeoutMs });
      await this.#options.send({ jsonrpc: "2.0", id, method: "permission.request", params });
      return readAnswer(await promise);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", withdraw);
      this.#asked.delete(id);
    }
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

function readAnswer(result: JsonValue | undefined): PermissionAnswer {
  const answer = isJsonObject(result) ? result["answer"] : undefined;
  if (answer === "once" || answer === "session" || answer === "never") return { type: answer };
  const reason = isJsonObject(result) ? result["reason"] : undefined;
  if (result === undefined) return { type: "no", reason: "The user's program did not answer in time." };
  return { type: "no", reason: typeof reason === "string" ? reason : undefined };
}

function settler<Value>(): { readonly promise: Promise<Value>; readonly settle: (value: Value) => void } {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolvePromise) => {
    settle = resolvePromise;
  });
  return { promise, settle };
}

function stateOf(conversation: HeadlessConversation): JsonObject {
  const { active, effort } = conversation;
  const model: ModelSpec = conversation.model;
  return withoutUndefined({ provider: active.name, model: model.id, effort, profile: active.profile });
}

/** Leaves out members that are `undefined`. */
function withoutUndefined(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function toJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
}
