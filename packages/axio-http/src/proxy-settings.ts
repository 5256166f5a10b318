import { AxioError } from "axio";

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the variables of this process. Some runtimes have no `process`. */
export function processEnvironment(): Environment {
  return globalThis.process?.env ?? {};
}

/** The proxies and certificates of the environment. Missing values are empty strings. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
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
  const allProxy = proxyUrl(env, "ALL_PROXY");
  const certificateFiles = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].flatMap((variable) => {
    const path = env[variable];
    return path ? [{ variable, path }] : [];
  });
  const settings: ProxySettings = {
    httpProxy: proxyUrl(env, "HTTP_PROXY") || allProxy,
    httpsProxy: proxyUrl(env, "HTTPS_PROXY") || allProxy,
    noProxy: readVariable(env, "NO_PROXY"),
    certificateFiles,
  };
  // Node itself reads NODE_EXTRA_CA_CERTS, but the others bring a list of certificates of their own.
  const isDefault = !settings.httpProxy && !settings.httpsProxy && !env["SSL_CERT_FILE"];
  return isDefault ? undefined : settings;
}

const PROXY_SCHEMES: readonly string[] = ["http:", "https:", "socks5:"];

function proxyUrl(env: Environment, variable: string): string {
  const value = readVariable(env, variable);
  if (value === "") return "";
  // As in curl, a proxy without a scheme speaks HTTP. socks5h is SOCKS 5 where the proxy resolves names, which undici
  // always does.
  const address = (value.includes("://") ? value : `http://${value}`).replace(/^socks(?:5h)?:/i, "socks5:");
  if (URL.canParse(address) && PROXY_SCHEMES.includes(new URL(address).protocol)) return address;
  throw new AxioError(
    "invalid-argument",
    `${variable} is not a valid proxy URL. Write it like http://proxy.example:8080 or socks5://proxy.example:1080.`,
  );
}

function readVariable(env: Environment, variable: string): string {
  return (env[variable.toLowerCase()] || env[variable] || "").trim();
}
