import { AxioError, type CompletionTransport, type JsonObject, type RateLimits } from "axio";
import { checkOptions } from "axio/internal";
import { failureOf } from "axio-inbound";
import { MemoryResponseStore } from "axio-openai-client";
import { eventSourceOf, jsonResponse, ReasoningCache, type ServeOptions } from "axio-openai-client/internal";
import { Hono } from "hono";
import { allowOrigin, preflightResponse } from "./access/cross-origin.ts";
import { loopbackHosts, refuseForeign } from "./access/foreign-request.ts";
import { findKey, type GatewayKey, secretOf } from "./access/key.ts";
import { ActiveRequest } from "./active-request.ts";
import { type RequestSource, readJsonBody } from "./http/read-body.ts";
import type { KeyLimits } from "./limits/key-limits.ts";
import { PlanShares } from "./limits/plan-shares.ts";
import { Quota } from "./limits/quota.ts";
import { Slots } from "./limits/slots.ts";
import { Metrics, type RequestFacts } from "./observe/metrics.ts";
import { observe } from "./observe/observed-transport.ts";
import { GATEWAY_RULES, type GatewayOptions, MAX_BODY_BYTES } from "./options.ts";
import { dialectOf, failedResponse, ROUTES, type Route } from "./routes/route.ts";
import { transportsOf } from "./served-transports.ts";
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
  readonly serve: ServeOptions;
  /** Ends the request. Only the first call counts. */
  readonly end: (status: number, code?: string) => void;
}

/** The text that a stream sends while it waits. */
const PINGS = { messages: 'event: ping\ndata: {"type":"ping"}\n\n', openai: ": keep-alive\n\n" };

const DEFAULTS = { keepAliveMs: 15_000, wrongKeyDelayMs: 250, queueTimeoutMs: 30_000 };

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
  readonly #planShares = new Map<string, PlanShares>();
  readonly #app = new Hono<{ Bindings: RequestSource }>();
  readonly #running = new Set<AbortController>();
  #isDraining = false;

  constructor(options: GatewayOptions) {
    checkOptions("Gateway", options, GATEWAY_RULES);
    this.#options = options;
    this.#transports = transportsOf(options);
    this.#hosts = new Set((options.hosts ?? []).map((host) => host.toLowerCase()));
    this.#origins = new Set(options.origins ?? []);
    this.#app.use(
      async ({ req }, next) => this.refuseForeign(req.raw.headers) ?? preflightResponse(req.raw) ?? next(),
    );
    this.#app.get("/", () => jsonResponse({ name: "axio-gateway", version: VERSION }));
    this.#app.get("/healthz", () => jsonResponse({ status: "ok" }));
    this.#app.get("/readyz", () =>
      this.#isDraining ? jsonResponse({ status: "draining" }, {}, 503) : jsonResponse({ status: "ok" }),
    );
    this.#app.get("/metrics", ({ req }) => this.#withKey(req.raw, () => this.#metricsResponse()));
    this.#app.get("/v1/usage", ({ req }) => this.#withKey(req.raw, () => this.#usageResponse()));
    for (const route of ROUTES)
      this.#app.on(route.method, route.path, ({ req, env }) => this.#serve(req.raw, route, env));
    this.#app.all("*", ({ req }) => this.#withKey(req.raw, () => Promise.reject(unknownRoute(req.raw))));
  }

  /** How many requests are being served. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** Accepts requests to loopback names of a port. */
  addPort(port: number): void {
    for (const host of loopbackHosts(port)) this.#hosts.add(host);
  }

  /**
   * Serves one request. Never rejects.
   *
   * @param source The message of `node:http` that the request stands for. Its body is read without a web stream.
   */
  async fetch(request: Request, source: RequestSource = {}): Promise<Response> {
    const response = await this.#app.fetch(request, source);
    const origin = request.headers.get("origin");
    if (origin !== null && this.#origins.has(origin)) allowOrigin(response, origin);
    return response;
  }

  /** Refuses new requests from now on, so that those in flight can end. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends the requests in flight. Each client gets an error in the form of its API. */
  endAll(): void {
    const message = "The gateway was shut down. Send the request again later.";
    const reason = new AxioError("overloaded", message, { details: { peerCode: "server_shutdown" } });
    for (const controller of this.#running) controller.abort(reason);
  }

  /**
   * Checks the host, the origin and the key of a request, and waits until the key may run it.
   *
   * @throws AxioError that says why not.
   */
  async admit(
    request: Request,
    { name, isLimited }: { readonly name: string; readonly isLimited?: true | undefined },
  ): Promise<Admitted> {
    let key: GatewayKey | undefined;
    try {
      key = await this.#key(request.headers);
      return await this.#admitKey(key, request, name, isLimited);
    } catch (error) {
      this.#reportRefused(name, error, request, key?.name);
      throw error;
    }
  }

  async #admitKey(key: GatewayKey, request: Request, name: string, isLimited?: true): Promise<Admitted> {
    const now = this.#options.now ?? Date.now;
    const startedAt = now();
    if (this.#isDraining)
      throw new AxioError("overloaded", "The gateway is shutting down. Send the request again later.");
    const profile = key.profile ?? [...this.#transports.keys()][0] ?? "";
    const own = this.#transport(profile);
    const { slots, quota } = this.#stateOf(key);
    const shares = this.#sharesOf(profile);
    if (isLimited) quota.addRequest(shares.shareOf(key.hash));
    const free = isLimited ? await slots.take(request.signal) : () => undefined;
    const active = new ActiveRequest({ route: name, key, startedAt, now });
    const controller = new AbortController();
    this.#running.add(controller);
    request.signal.addEventListener("abort", () => controller.abort(request.signal.reason), { once: true });
    const transport = observe(own, controller.signal, {
      onStart: (model) => active.start(model),
      onFirstEvent: () => active.receive(),
      onUsage: (usage) => {
        quota.addUsage(usage);
        shares.addUsage(key.hash, usage);
        active.use(usage);
      },
      onRateLimits: (rateLimits) => {
        this.#rateLimits.set(profile, rateLimits);
        shares.addRateLimits(key.hash, rateLimits);
      },
    });
    const end = (status: number, code?: string): void => {
      const facts = active.end(status, code);
      if (facts === undefined) return;
      free();
      this.#running.delete(controller);
      this.#report(facts);
    };
    const onError = (error: unknown): void => active.fail(failureOf(error).code);
    const { keepAliveMs: intervalMs = DEFAULTS.keepAliveMs } = this.#options;
    const ping = { text: PINGS[dialectOf(request)], intervalMs };
    const onEnd = (): void => end(200);
    return { serve: { ...this.#serveOptions(key, transport), onError, onEnd, ping }, end };
  }

  /** Returns why a request is refused before its key is read. */
  refuseForeign(headers: Headers): Response | undefined {
    const refusal = refuseForeign(headers, { hosts: this.#hosts, origins: this.#origins });
    if (refusal === undefined) return undefined;
    const error = { message: refusal.message, type: "invalid_request_error", code: "forbidden", param: null };
    return jsonResponse({ error }, {}, refusal.status);
  }

  /** Serves a request that needs a key alone. */
  async #withKey(request: Request, serve: () => Response | Promise<Response>): Promise<Response> {
    try {
      await this.#key(request.headers);
      return await serve();
    } catch (error) {
      return this.#reportRefused("other", error, request);
    }
  }

  async #serve(request: Request, route: Route, source: RequestSource): Promise<Response> {
    let admitted: Admitted;
    try {
      admitted = await this.admit(request, { name: route.name, isLimited: route.isLimited });
    } catch (error) {
      return failedResponse(error, dialectOf(request));
    }
    try {
      const { maxBodyBytes = MAX_BODY_BYTES } = this.#options;
      const body = request.method === "POST" ? await readJsonBody(request, maxBodyBytes, source) : {};
      const response = await route.serve(request, body, admitted.serve);
      // A stream counts as running until its last byte was read.
      if (eventSourceOf(response) === undefined) admitted.end(response.status);
      return response;
    } catch (error) {
      const response = failedResponse(error, dialectOf(request));
      admitted.end(response.status, failureOf(error).code);
      return response;
    }
  }

  #reportRefused(route: string, error: unknown, request: Request, key = ""): Response {
    const response = failedResponse(error, dialectOf(request));
    const { code } = failureOf(error);
    const none = { model: "", durationMs: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
    this.#report({ ...none, route, key, status: response.status, code });
    return response;
  }

  #transport(profile: string): CompletionTransport {
    const transport = this.#transports.get(profile);
    if (transport !== undefined) return transport;
    throw new AxioError(
      "invalid-argument",
      `The key uses the profile ${JSON.stringify(profile)}, which the gateway does not have. Start the gateway with that profile, or create another key.`,
    );
  }

  /** Returns the key that a request states, `undefined` if it is missing or wrong. */
  async findKey(headers: Headers): Promise<GatewayKey | undefined> {
    const { keys, now = Date.now } = this.#options;
    return findKey(typeof keys === "function" ? await keys() : keys, secretOf(headers), now());
  }

  async #key(headers: Headers): Promise<GatewayKey> {
    const key = await this.findKey(headers);
    if (key !== undefined) return key;
    const { wrongKeyDelayMs = DEFAULTS.wrongKeyDelayMs } = this.#options;
    await new Promise((resolve) => setTimeout(resolve, wrongKeyDelayMs));
    throw new AxioError(
      "unauthenticated",
      "The key of the gateway is missing or wrong. Send one as a bearer token or as x-api-key. `axio-gateway keys create` makes a new one.",
    );
  }

  #sharesOf(profile: string): PlanShares {
    const known = this.#planShares.get(profile);
    if (known !== undefined) return known;
    const shares = new PlanShares(this.#options.now ?? Date.now);
    this.#planShares.set(profile, shares);
    return shares;
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

  #serveOptions(key: GatewayKey, transport: CompletionTransport): Omit<ServeOptions, "onError"> {
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
    };
  }

  #metricsResponse(): Response {
    const states = [...this.#keys.values()];
    const text = this.metrics.text({
      axio_gateway_in_flight: this.inFlight,
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
}

function unknownRoute({ method, url }: Request): AxioError {
  const path = new URL(url).pathname;
  return new AxioError(
    "not-found",
    `There is no ${method} ${path} here. The gateway has /v1/responses, /v1/chat/completions, /v1/messages and /v1/models.`,
    { details: { status: 404 } },
  );
}
