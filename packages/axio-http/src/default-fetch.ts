import { errorCode } from "axio/internal";
import type { Pool, Dispatcher as UndiciDispatcher } from "undici";
import { createBunFetch, isBun } from "./bun-fetch.ts";
import { type Dispatcher, nodeDispatcher } from "./dispatcher.ts";
import type { FetchLike } from "./fetch-like.ts";
import { networkError } from "./network-error.ts";
import {
  type Environment,
  type ProxyAddress,
  type ProxySettings,
  processEnvironment,
  proxyFor,
  readProxySettings,
} from "./proxy-settings.ts";
import { parseUrl } from "./secure-url.ts";
import { trustedCertificates } from "./trusted-certificates.ts";

/** One for each configuration, so that all callers share its connections. */
const fetches = new Map<string, FetchLike>();

/** The parts of a `fetch` of {@link defaultFetch}. */
interface Configured {
  readonly settings: ProxySettings;
  /** `undefined` where undici has no dispatchers. */
  readonly load: (() => Promise<Loaded>) | undefined;
}

/** undici, with the proxies and certificates of a configuration. */
interface Loaded {
  readonly fetch: FetchLike;
  readonly dispatcherFor: (proxy: ProxyAddress | undefined) => Dispatcher;
}

const configurations = new WeakMap<FetchLike, Configured>();

/**
 * Returns the default `fetch`: the global one, or undici's if a proxy or `SSL_CERT_FILE` is configured. undici is loaded with
 * the first request that needs it.
 *
 * Supports `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` (http, https and socks5), `NO_PROXY` and `SSL_CERT_FILE`; the names of the
 * first four may be lower-case. Loopback addresses never use a proxy. The certificates are trusted in addition to those of
 * Node. Node itself reads `NODE_EXTRA_CA_CERTS` when the process starts; together with one of the others, it is read here too.
 * On Bun, its own `fetch` is used, which knows no socks5.
 *
 * @param env Default: `process.env`.
 * @throws AxioError `invalid-argument` if a variable names no usable proxy. A request throws it for a certificate file that
 *   cannot be read.
 */
export function defaultFetch(env: Environment = processEnvironment()): FetchLike {
  const settings = readProxySettings(env);
  if (!settings) return globalFetch;
  const key = JSON.stringify(settings);
  const cached = fetches.get(key);
  if (cached) return cached;
  const load = isBun() ? undefined : retriedOnce(() => loadUndici(settings));
  const configured: FetchLike =
    load === undefined
      ? createBunFetch(
          settings,
          retriedOnce(() => trustedCertificates(settings)),
        )
      : async (input, init) => (await load()).fetch(input, init);
  const created = namingProxy(configured, settings);
  fetches.set(key, created);
  configurations.set(created, { settings, load });
  return created;
}

/** Names the proxy in errors, because a caller may have wrapped the function and does not know it. */
function namingProxy(fetch: FetchLike, settings: ProxySettings): FetchLike {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      const url = parseUrl(input, "The request URL");
      const proxy = proxyFor(url, settings);
      throw proxy === undefined || init?.signal?.aborted ? error : networkError(error, url, proxy);
    }
  };
}

/** The `fetch` of the runtime. Looked up with each request, so that a replaced global takes effect. */
export const globalFetch: FetchLike = (input, init) => globalThis.fetch(input, init);

/**
 * Returns the dispatcher that sends what a `fetch` would send to a URL, `undefined` if only that `fetch` can: it is the user's, or
 * the runtime is not Node.js.
 */
export function dispatcherOf(fetch: FetchLike, url: URL): Dispatcher | Promise<Dispatcher> | undefined {
  // `fetch` rejects these, each with its own error.
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  const configured = configurations.get(fetch);
  if (configured !== undefined)
    return configured.load?.().then(({ dispatcherFor }) => dispatcherFor(proxyOf(fetch, url)));
  return nodeDispatcher(fetch === globalFetch ? globalThis.fetch : fetch);
}

/** Calls a function once for all callers, and again if that failed: a file that could not be read may exist next time. */
function retriedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

async function loadUndici(settings: ProxySettings): Promise<Loaded> {
  const tls = await trustedCertificates(settings);
  const { Agent, Pool, ProxyAgent, fetch } = await import("undici");
  const direct = new Agent({ connect: tls });
  const agents = new Map<ProxyAddress, UndiciDispatcher>();
  const factory = (origin: string | URL, options: Pool.Options): UndiciDispatcher =>
    new Pool(origin, withFailingConnector(options));
  const agentFor = (proxy: ProxyAddress | undefined): UndiciDispatcher => {
    if (proxy === undefined) return direct;
    const { url, credentials } = proxy;
    const { user, password } = credentials ?? { user: "", password: "" };
    const agent =
      agents.get(proxy) ??
      new ProxyAgent(
        url.startsWith("socks5:")
          ? // The types lack `username` and `password`, which are not decoded if they are part of the URL.
            Object.assign({ uri: url, requestTls: tls }, { username: user, password })
          : {
              uri: url,
              requestTls: tls,
              proxyTls: tls,
              factory,
              ...(credentials && { token: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }),
            },
      );
    agents.set(proxy, agent);
    return agent;
  };
  const fetchThroughProxy: FetchLike = (input, init) =>
    fetch(input, {
      ...init,
      dispatcher: agentFor(proxyFor(parseUrl(input, "The request URL"), settings)),
    });
  return { fetch: fetchThroughProxy, dispatcherFor: agentFor };
}

/**
 * undici opens a tunnel again and again, as fast as it can, if its proxy closes the connection: an error with this code is
 * one that it does not report. With another error around it, the request fails.
 */
function withFailingConnector(options: Pool.Options): Pool.Options {
  const { connect } = options;
  if (typeof connect !== "function") return options;
  const connectOnce: typeof connect = (target, callback) => {
    connect(target, (error, socket) => {
      if (error === null) callback(null, socket);
      else if (errorCode(error) === "UND_ERR_SOCKET")
        callback(new Error("The proxy closed the connection.", { cause: error }), null);
      else callback(error, null);
    });
  };
  return { ...options, connect: connectOnce };
}

/** Returns the proxy that a `fetch` of {@link defaultFetch} uses for a URL. */
export function proxyOf(fetch: FetchLike, url: URL): ProxyAddress | undefined {
  const configured = configurations.get(fetch);
  return configured === undefined ? undefined : proxyFor(url, configured.settings);
}
