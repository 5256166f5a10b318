import { AxioError } from "axio";
import { isLoopbackHost } from "./secure-url.ts";

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the variables of this process. Some runtimes have no `process`. */
export function processEnvironment(): Environment {
  return globalThis.process?.env ?? {};
}

/** A proxy. */
export interface ProxyAddress {
  /** The URL without user and password, so that messages may show it: `"http://proxy.example:8080"`. */
  readonly url: string;
  /** Decoded. Default: none. */
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** The variable that names it, for messages. */
  readonly variable: string;
}

/** The proxies and certificates of the environment. */
export interface ProxySettings {
  readonly httpProxy: ProxyAddress | undefined;
  readonly httpsProxy: ProxyAddress | undefined;
  /** Hosts that need no proxy, as `NO_PROXY` lists them. */
  readonly noProxy: string;
  /** Files with more certificates (PEM) to trust, each with the variable that names it. */
  readonly certificateFiles: readonly { readonly variable: string; readonly path: string }[];
}

/**
 * Reads the usual variables: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower case first as curl does,
 * `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`. An empty variable counts as missing.
 *
 * @returns `undefined` if the environment configures nothing.
 * @throws AxioError `invalid-argument` for an invalid proxy URL. The message does not show it, since it may contain a password.
 */
export function readProxySettings(env: Environment): ProxySettings | undefined {
  const allProxy = readProxy(env, "ALL_PROXY");
  const httpProxy = readProxy(env, "HTTP_PROXY") ?? allProxy;
  const certificateFiles = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].flatMap((variable) => {
    const path = env[variable];
    return path ? [{ variable, path }] : [];
  });
  const settings: ProxySettings = {
    httpProxy,
    httpsProxy: readProxy(env, "HTTPS_PROXY") ?? allProxy ?? httpProxy,
    noProxy: readVariable(env, "NO_PROXY").value,
    certificateFiles,
  };
  // Node itself reads NODE_EXTRA_CA_CERTS, but the others bring a list of certificates of their own.
  const isDefault = !settings.httpProxy && !settings.httpsProxy && !env["SSL_CERT_FILE"];
  return isDefault ? undefined : settings;
}

/**
 * Returns the proxy for a URL. Loopback addresses never use one. `NO_PROXY` lists hosts, which stand for their subdomains too,
 * each with an optional port; `*` stands for all.
 */
export function proxyFor(url: URL, settings: ProxySettings): ProxyAddress | undefined {
  const host = url.hostname.toLowerCase();
  if (isLoopbackHost(host)) return undefined;
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  for (const entry of settings.noProxy.toLowerCase().split(/[,\s]+/)) {
    const [, listed = "", listedPort = port] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
    const isListed = listed === "*" || (listed !== "" && (host === listed || host.endsWith(`.${listed}`)));
    if (isListed && listedPort === port) return undefined;
  }
  return url.protocol === "http:" ? settings.httpProxy : settings.httpsProxy;
}

const PROXY_SCHEMES: readonly string[] = ["http:", "https:", "socks5:"];

function readProxy(env: Environment, name: string): ProxyAddress | undefined {
  const { variable, value } = readVariable(env, name);
  if (value === "") return undefined;
  // The last @ ends the credentials: a password may contain any other character, though it should be encoded.
  const [, scheme = "http", userInfo, host = ""] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?(?:(.*)@)?([^@]*)$/is.exec(value) ?? [];
  // socks5h is SOCKS 5 where the proxy resolves names, which undici always does.
  const protocol = scheme.toLowerCase().replace(/^socks(?:5h)?$/, "socks5");
  const address = `${protocol}://${host}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (parsed === undefined || !PROXY_SCHEMES.includes(parsed.protocol) || parsed.host === "") {
    throw new AxioError(
      "invalid-argument",
      `${variable} is not a valid proxy URL. Write it like http://proxy.example:8080, socks5://proxy.example:1080 or ` +
        "http://user:password@proxy.example:8080.",
    );
  }
  const url = `${parsed.protocol}//${parsed.host}`;
  return { url, credentials: userInfo === undefined ? undefined : readCredentials(userInfo), variable };
}

function readCredentials(userInfo: string): ProxyAddress["credentials"] {
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(userInfo) ?? [];
  return { user: decode(user), password: decode(password) };
}

/** Decodes a part of a URL. A text with a stray `%` was not encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns a variable, and under which name it was found. */
function readVariable(env: Environment, name: string): { readonly variable: string; readonly value: string } {
  const lowerCase = name.toLowerCase();
  const variable = env[lowerCase] ? lowerCase : name;
  return { variable, value: (env[variable] ?? "").trim() };
}
