import { AxioError, type CompletionTransport, type JsonObject, type RateLimits } from "axio";
import { failureOf } from "axio-inbound";
import { MemoryResponseStore } from "axio-openai-client";
import { jsonResponse, ReasoningCache, type ServeOptions } from "axio-openai-client/internal";
import { Hono } from "hono";
import { loopbackHosts, refuseForeign } from "./access/foreign-request.ts";
import { findKey, type GatewayKey, type KeyLimits, secretOf } from "./access/key.ts";
import { keepAlive } from "./http/keep-alive.ts";
import { readJsonBody } from "./http/read-body.ts";
import { Quota } from "./limits/quota.ts";
import { Slots } from "./limits/slots.ts";
import { Metrics, type RequestFacts } from "./observe/metrics.ts";
import { observe } from "./observe/observed-transport.ts";
import type { GatewayOptions } from "./options.ts";
import { type Dialect, failedResponse, findRoute, type Route } from "./routes/route.ts";
import { VERSION } from "./version.ts";

/** The state of one key. The responses of one key are not visible to another. */
interface KeyState {
  readonly slots: Slots;
  readonly quota: Quota;
  readonly store: MemoryResponseStore;
  readonly reasoningCache: ReasoningCache;
}

/** A request that is being served. */
export interface Admitted {
  readonly key: GatewayKey;
  readonly profile: string;
  readonly serve: ServeOptions;
  /** Ends the request. Only the first call counts. */
  readonly end: (status: number, code?: string) => void;
}

const DEFAULTS = {
  maxBodyBytes: 32 * 1024 * 1024,
  keepAliveMs: 15_000,
  wrongKeyDelayMs: 250,
  queueTimeoutMs: 30_000,
};

/**
 * Serves the Responses, Chat Completions and Messages APIs with transports. `fetch` takes web requests, so that any server can
 * mount it; `startGateway()` listens on a port.
 *
 * @throws AxioError `invalid-argument` without a transport; `not-entitled` for a sign-in whose terms forbid general access.
 * @example
 * ```ts no-run
 * import { createKey, Gateway } from "axio-gateway";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const { key, secret } = createKey({ name: "editor" });
 * const gateway = new Gateway({ transport: new CodexTransport(), keys: [key], hosts: ["localhost:8080"] });
 * const headers = { host: "localhost:8080", authorization: `Bearer ${secret}` };
 * console.log((await gateway.fetch(new Request("http://localhost:8080/v1/models", { headers }))).status);
 * ```
 */
export class Gateway {
  /** The counts of all requests. */
  readonly metrics: Metrics = new Metrics();
  readonly #options: GatewayOptions;
  readonly #transports: ReadonlyMap<string, CompletionTransport>;
  readonly #hosts: Set<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #keys = new Map<string, KeyState>();
  readonly #rateLimits = new Map<string, RateLimits>();
  readonly #app = new Hono();
  #inFlight = 0;
  #isDraining = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#transports = transportsOf(options);
    this.#hosts = new Set((options.hosts ?? []).map((host) => host.toLowerCase()));
    this.#origins = new Set(options.origins ?? []);
    this.#app.all("*", (context) => this.#serve(context.req.raw));
  }

  /** How many requests are being served. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Accepts requests to loopback names of a port. */
  addPort(port: number): void {
    for (const host of loopbackHosts(port)) this.#hosts.add(host);
  }

  /** Serves one request. Never rejects. */
  async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request);
  }

  /** Refuses new requests from now on, so that those in flight can end. */
  drain(): void {
    this.#isDraining = true;
  }

  /**
   * Checks the host, the origin and the key of a request, and waits until the key may run it.
   *
   * @throws AxioError that says why not.
   */
  async admit(request: Request, route: Pick<Route, "name" | "isLimited">): Promise<Admitted> {
    const now = this.#options.now ?? Date.now;
    const startedAt = now();
    const key = await this.#key(request.headers);
    if (this.#isDraining)
      throw new AxioError("overloaded", "The gateway is shutting down. Send the request again later.");
    const { slots, quota } = this.#stateOf(key);
    if (route.isLimited) quota.addRequest();
    const free = route.isLimited ? await slots.take(request.signal) : () => undefined;
    this.#inFlight += 1;
    const profile = key.profile ?? [...this.#transports.keys()][0] ?? "";
    const facts = {
      model: "",
      firstEventMs: undefined as number | undefined,
      input: 0,
      cached: 0,
      output: 0,
    };
    const transport = observe(this.#transport(profile), {
      onStart: (model) => {
        facts.model = model;
        assertModelAllowed(key, model);
      },
      onFirstEvent: () => {
        facts.firstEventMs = now() - startedAt;
      },
      onUsage: (usage) => {
        quota.addUsage(usage);
        facts.input += usage.inputTokens;
        facts.cached += usage.cachedInputTokens;
        facts.output += usage.outputTokens;
      },
      onRateLimits: (rateLimits) => this.#rateLimits.set(profile, rateLimits),
    });
    let hasEnded = false;
    let failure = "";
    const end = (status: number, code = ""): void => {
      if (hasEnded) return;
      hasEnded = true;
      free();
      this.#inFlight -= 1;
      this.#report({
        route: route.name,
        key: key.name,
        model: facts.model,
        status,
        code: code || failure,
        durationMs: now() - startedAt,
        firstEventMs: facts.firstEventMs,
        inputTokens: facts.input,
        cachedTokens: facts.cached,
        outputTokens: facts.output,
      });
    };
    const onError = (error: unknown): void => {
      failure = failureOf(error).code;
    };
    return { key, profile, serve: this.#serveOptions(key, transport, onError), end };
  }

  /** Returns why a request is refused before its key is read. */
  refuseForeign(headers: Headers): Response | undefined {
    const refusal = refuseForeign(headers, { hosts: this.#hosts, origins: this.#origins });
    if (refusal === undefined) return undefined;
    const error = { message: refusal.message, type: "invalid_request_error", code: "forbidden", param: null };
    return jsonResponse({ error }, {}, refusal.status);
  }

  async #serve(request: Request): Promise<Response> {
    const refused = this.refuseForeign(request.headers);
    if (refused !== undefined) return refused;
    const path = new URL(request.url).pathname;
    const { method } = request;
    if (path === "/") return jsonResponse({ name: "axio-gateway", version: VERSION });
    if (path === "/healthz") return jsonResponse({ status: "ok" });
    if (path === "/readyz")
      return this.#isDraining
        ? jsonResponse({ status: "draining" }, {}, 503)
        : jsonResponse({ status: "ok" });
    const route = findRoute(method, path, request.headers);
    const dialect: Dialect = route?.dialect ?? (path.startsWith("/v1/messages") ? "messages" : "openai");
    let admitted: Admitted | undefined;
    try {
      if (route === undefined) {
        await this.#key(request.headers);
        if (path === "/metrics" && method === "GET") return this.#metricsResponse();
        if (path === "/v1/usage" && method === "GET") return this.#usageResponse();
        throw unknownRoute(method, path);
      }
      admitted = await this.admit(request, route);
      const { maxBodyBytes = DEFAULTS.maxBodyBytes } = this.#options;
      const body: JsonObject = route.readsBody ? await readJsonBody(request, maxBodyBytes) : {};
      const response = await route.serve(request, body, admitted.serve);
      return this.#untilSent(response, dialect, admitted);
    } catch (error) {
      const response = failedResponse(error, dialect);
      const { code } = failureOf(error);
      if (admitted === undefined) this.#reportRefused(route?.name ?? "unknown", response.status, code);
      else admitted.end(response.status, code);
      return response;
    }
  }

  /** A stream counts as running until its last byte was read. */
  #untilSent(response: Response, dialect: Dialect, { end }: Admitted): Response {
    const { body, status, headers } = response;
    if (body === null || headers.get("content-type")?.startsWith("text/event-stream") !== true) {
      end(status);
      return response;
    }
    const ping = dialect === "messages" ? 'event: ping\ndata: {"type":"ping"}\n\n' : ": keep-alive\n\n";
    const intervalMs = this.#options.keepAliveMs ?? DEFAULTS.keepAliveMs;
    return new Response(keepAlive(body, { ping, intervalMs, onEnd: () => end(status) }), { status, headers });
  }

  #transport(profile: string): CompletionTransport {
    const transport = this.#transports.get(profile);
    if (transport !== undefined) return transport;
    throw new AxioError(
      "invalid-argument",
      `The key uses the profile ${JSON.stringify(profile)}, which the gateway does not have.`,
    );
  }

  async #key(headers: Headers): Promise<GatewayKey> {
    const { keys, wrongKeyDelayMs = DEFAULTS.wrongKeyDelayMs, now = Date.now } = this.#options;
    const known = typeof keys === "function" ? await keys() : keys;
    const key = findKey(known, secretOf(headers), now());
    if (key !== undefined) return key;
    await new Promise((resolve) => setTimeout(resolve, wrongKeyDelayMs));
    throw new AxioError(
      "unauthenticated",
      "The key of the gateway is missing or wrong. Send one as a bearer token or as x-api-key. `axio-gateway keys create` makes a new one.",
    );
  }

  #stateOf({ hash, limits = {} }: GatewayKey): KeyState {
    const known = this.#keys.get(hash);
    if (known !== undefined) return known;
    const { queueTimeoutMs = DEFAULTS.queueTimeoutMs, now = Date.now } = this.#options;
    const { concurrency = 4, queue = 32 }: KeyLimits = limits;
    const state = {
      slots: new Slots({ concurrency, queue, timeoutMs: queueTimeoutMs }),
      quota: new Quota(limits, now),
      store: new MemoryResponseStore(),
      reasoningCache: new ReasoningCache(now),
    };
    this.#keys.set(hash, state);
    return state;
  }

  #serveOptions(
    key: GatewayKey,
    transport: CompletionTransport,
    onError: (error: unknown) => void,
  ): ServeOptions {
    const { strict = false, showReasoning = true, aliases = {} } = this.#options;
    const { store, reasoningCache } = this.#stateOf(key);
    return {
      transport,
      store,
      reasoningCache,
      strict,
      showReasoning,
      failsBody: false,
      aliases,
      onUnsupported: () => undefined,
      onError,
    };
  }

  #metricsResponse(): Response {
    const states = [...this.#keys.values()];
    const text = this.metrics.text({
      axio_gateway_in_flight: this.#inFlight,
      axio_gateway_queued: states.reduce((sum, { slots }) => sum + slots.waiting, 0),
    });
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
  }

  #usageResponse(): Response {
    const profiles = [...this.#transports.keys()].map((profile) => {
      const rateLimits = this.#rateLimits.get(profile);
      return [
        profile,
        rateLimits === undefined ? null : (JSON.parse(JSON.stringify(rateLimits)) as JsonObject),
      ];
    });
    return jsonResponse({ object: "usage", profiles: Object.fromEntries(profiles) as JsonObject });
  }

  #report(facts: RequestFacts): void {
    this.metrics.add(facts);
    this.#options.onRequest?.(facts);
  }

  #reportRefused(route: string, status: number, code: string): void {
    const none = { key: "", model: "", durationMs: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
    this.#report({ ...none, route, status, code });
  }
}

function transportsOf({
  transport,
  isConnectedApplication = false,
}: GatewayOptions): ReadonlyMap<string, CompletionTransport> {
  const isOne = typeof (transport as CompletionTransport | undefined)?.stream === "function";
  const entries = isOne
    ? [["default", transport as CompletionTransport] as const]
    : Object.entries(transport);
  const transports = new Map(entries as readonly (readonly [string, CompletionTransport])[]);
  if (transports.size === 0) throw new AxioError("invalid-argument", "The gateway needs a transport.");
  for (const [profile, { name, notForOthers }] of transports) {
    if (notForOthers !== undefined && !isConnectedApplication)
      throw new AxioError(
        "not-entitled",
        `The gateway does not serve ${JSON.stringify(profile)} (${name}): ${notForOthers} Use another sign-in.`,
        { details: { reason: "sign-in-not-for-gateways" } },
      );
  }
  return transports;
}

function assertModelAllowed({ name, models }: GatewayKey, model: string): void {
  if (models === undefined || models.includes(model)) return;
  throw new AxioError(
    "model-not-supported",
    `The key ${JSON.stringify(name)} may not use the model ${JSON.stringify(model)}. It may use: ${models.join(", ")}.`,
    { details: { models } },
  );
}

function unknownRoute(method: string, path: string): AxioError {
  return new AxioError(
    "not-found",
    `There is no ${method} ${path} here. The gateway has /v1/responses, /v1/chat/completions, /v1/messages and /v1/models.`,
    { details: { status: 404 } },
  );
}
