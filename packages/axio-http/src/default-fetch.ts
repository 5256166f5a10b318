import { AxioError } from "axio";
import type { Dispatcher } from "undici";
import type { FetchLike } from "./fetch-like.ts";
import {
  type Environment,
  type ProxySettings,
  processEnvironment,
  readProxySettings,
} from "./proxy-settings.ts";
import { isLoopbackHost, parseUrl } from "./secure-url.ts";
import { trustedCertificates } from "./trusted-certificates.ts";

/** One per settings, so that all who ask share its connections. */
const fetches = new Map<string, FetchLike>();

/**
 * Gives the `fetch` to make requests with where the caller brings none: the global one, or, where the environment names
 * a proxy or `SSL_CERT_FILE`, undici's, which heeds them. undici is loaded with the first request that needs it.
 *
 * Heeded are `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` (http, https and socks5), `NO_PROXY` and `SSL_CERT_FILE`; the
 * names of the first four may be in small letters. This machine is never called through a proxy. The certificates are
 * trusted besides those that Node brings. `NODE_EXTRA_CA_CERTS` alone is left to Node, which reads it when the process
 * starts; beside one of the others it is heeded, too.
 *
 * @param env Default `process.env`.
 * @throws AxioError `invalid-argument` where a variable names no usable proxy; the request throws it for a certificate
 * file that cannot be read.
 */
export function defaultFetch(env: Environment = processEnvironment()): FetchLike {
  const settings = readProxySettings(env);
  if (!settings) return globalFetch;
  const key = JSON.stringify(settings);
  const known = fetches.get(key);
  if (known) return known;
  const created = fetchBySettings(settings);
  fetches.set(key, created);
  return created;
}

// Looked up with each request, so that a replaced global takes effect as for anybody else.
const globalFetch: FetchLike = (input, init) => globalThis.fetch(input, init);

function fetchBySettings(settings: ProxySettings): FetchLike {
  let loading: Promise<FetchLike> | undefined;
  return async (input, init) => {
    loading ??= loadFetch(settings);
    try {
      return await (await loading)(input, init);
    } catch (error) {
      // A file that could not be read may be there the next time.
      if (AxioError.is(error)) loading = undefined;
      throw error;
    }
  };
}

async function loadFetch(settings: ProxySettings): Promise<FetchLike> {
  const tls = await trustedCertificates(settings);
  const { Agent, EnvHttpProxyAgent, fetch } = await import("undici");
  const direct = new Agent({ connect: tls });
  const { httpProxy, httpsProxy, noProxy } = settings;
  // An empty string, unlike none, keeps the agent from looking into `process.env` on its own.
  const proxied = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy, connect: tls, requestTls: tls });
  return (input, init) => {
    const { hostname } = parseUrl(input, "The address of the request");
    const dispatcher: Dispatcher = isLoopbackHost(hostname) ? direct : proxied;
    return fetch(input, { ...init, dispatcher });
  };
}
