import { AxioError } from "axio";

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process. Runtimes other than Node may have no `process`. */
export function processEnvironment(): Environment {
  return globalThis.process?.env ?? {};
}

/** What the environment says of proxies and certificates. An empty string where it says nothing. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts that are called directly, as `NO_PROXY` lists them. */
  readonly noProxy: string;
  /** Files with certificates (PEM) to trust besides the usual ones, each with the variable that names it. */
  readonly certificateFiles: readonly { readonly variable: string; readonly path: string }[];
}

/**
 * Reads the customary variables: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in small letters first as curl
 * does, `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`. An empty variable counts as none.
 *
 * @returns `undefined` where none asks for anything.
 * @throws AxioError `invalid-argument` for a proxy's address that cannot be used. It is not shown: it may hold a password.
 */
export function readProxySettings(env: Environment): ProxySettings | undefined {
  const allProxy = proxyAddress(env, "ALL_PROXY");
  const certificateFiles = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].flatMap((variable) => {
    const path = env[variable];
    return path ? [{ variable, path }] : [];
  });
  const settings: ProxySettings = {
    httpProxy: proxyAddress(env, "HTTP_PROXY") || allProxy,
    httpsProxy: proxyAddress(env, "HTTPS_PROXY") || allProxy,
    noProxy: readVariable(env, "NO_PROXY"),
    certificateFiles,
  };
  // Node itself heeds NODE_EXTRA_CA_CERTS; beside the others it has to be named again, since they bring a list of their own.
  const asksForNothing = !settings.httpProxy && !settings.httpsProxy && !env["SSL_CERT_FILE"];
  return asksForNothing ? undefined : settings;
}

const PROXY_SCHEMES: readonly string[] = ["http:", "https:", "socks5:"];

function proxyAddress(env: Environment, variable: string): string {
  const value = readVariable(env, variable);
  if (value === "") return "";
  // As for curl, a proxy without a scheme speaks HTTP, and socks5h is SOCKS 5 with names left to the proxy to resolve,
  // which is the only way that undici has.
  const address = (value.includes("://") ? value : `http://${value}`).replace(/^socks(?:5h)?:/i, "socks5:");
  if (URL.canParse(address) && PROXY_SCHEMES.includes(new URL(address).protocol)) return address;
  throw new AxioError(
    "invalid-argument",
    `${variable} does not name a proxy that can be used. Write it like http://proxy.example:8080 or socks5://proxy.example:1080.`,
  );
}

function readVariable(env: Environment, variable: string): string {
  return (env[variable.toLowerCase()] || env[variable] || "").trim();
}
