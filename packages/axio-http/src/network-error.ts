import { AxioError } from "axio";
import { redactUrl } from "./secure-url.ts";

/** Codes of Node that say that no connection came about, unless a read or a write failed with them, and what they mean. */
const NEVER_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the name could not be resolved",
  EAI_AGAIN: "the name could not be resolved",
  EHOSTUNREACH: "the host cannot be reached",
  EHOSTDOWN: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENETDOWN: "the network is down",
  EADDRNOTAVAIL: "the network cannot be reached",
};

const CONNECT_TIMEOUT = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** What OpenSSL and Node's TLS call a certificate that they do not accept. */
const CERTIFICATE =
  /^(?:ERR_TLS_CERT|ERR_SSL_|CERT_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

/** Refusals of `fetch` itself, which it would repeat each time. */
const REFUSED_BY_FETCH = /^(?:bad port|unknown scheme|URL scheme must be a HTTP\(S\) scheme)$/;

/**
 * Tells what a failed `fetch` or a failed read of its body means.
 *
 * @param error What was thrown; it becomes the `cause`. An `AxioError` comes back as it is.
 * @param url Where the request went. Its host alone is shown.
 */
export function networkError(error: unknown, url: string | URL): AxioError {
  if (AxioError.is(error)) return error;
  const causes = causesOf(error);
  const codes = causes.map(codeOf).filter((code) => code !== undefined);
  // A connection that stands can run into the same faults as one that is being made.
  const established = causes.some((cause) => /^(?:read|write)/.test(memberOf(cause, "syscall") ?? ""));
  const details = { url: redactUrl(url) };
  const { host } = new URL(url);

  const certificateCode = codes.find((code) => CERTIFICATE.test(code));
  if (certificateCode !== undefined) {
    return new AxioError(
      "network",
      `The certificate of ${host} was not accepted (${certificateCode}). Where a company's proxy looks into the ` +
        "traffic, set NODE_EXTRA_CA_CERTS to the file with its certificate (PEM), then start again.",
      { cause: error, details: { ...details, connected: false } },
    );
  }
  if (!established && codes.some((code) => CONNECT_TIMEOUT.has(code))) {
    return new AxioError("response-timeout", `${host} could not be reached: it did not answer in time.`, {
      cause: error,
      retryable: true,
      details: { ...details, connected: false },
    });
  }
  if (codes.includes("UND_ERR_HEADERS_TIMEOUT")) return headersTimeoutError(url, error);

  const neverConnectedCode = established ? undefined : codes.find((code) => code in NEVER_CONNECTED);
  if (neverConnectedCode !== undefined) {
    return new AxioError(
      "network",
      `${host} could not be reached: ${NEVER_CONNECTED[neverConnectedCode]} (${neverConnectedCode}). ` +
        "Check the network, and HTTPS_PROXY where a proxy is needed.",
      { cause: error, retryable: true, details: { ...details, connected: false } },
    );
  }
  const proxyStatus = causes.map(proxyStatusOf).find((status) => status !== undefined);
  if (proxyStatus !== undefined) {
    return new AxioError(
      "network",
      `The proxy did not connect to ${host} (${proxyStatus}). ` +
        (proxyStatus === 407
          ? "It wants a user name and a password: set them in HTTPS_PROXY, as in http://user:password@proxy:8080."
          : "Check HTTPS_PROXY, and whether the proxy allows this host; NO_PROXY names hosts to call without it."),
      { cause: error, retryable: proxyStatus >= 500, details: { ...details, connected: false } },
    );
  }
  const refusal = causes.find((cause) => cause instanceof Error && REFUSED_BY_FETCH.test(cause.message));
  if (refusal instanceof Error) {
    return new AxioError("network", `fetch does not call ${host}: ${refusal.message}.`, {
      cause: error,
      details: { ...details, connected: false },
    });
  }
  const code = codes[0] === undefined ? "" : ` (${codes[0]})`;
  return new AxioError(
    "network",
    `The connection to ${host} broke${code}. Try again, and check the network where that does not help.`,
    {
      cause: error,
      retryable: true,
      details,
    },
  );
}

/** The error for a peer that took the request and then sent no response headers in time. */
export function headersTimeoutError(url: string | URL, cause: unknown, timeoutMs?: number): AxioError {
  const after = timeoutMs === undefined ? "in time" : `within ${timeoutMs / 1000} s`;
  return new AxioError("response-timeout", `${new URL(url).host} did not answer ${after}.`, {
    cause,
    retryable: true,
    details: { url: redactUrl(url) },
  });
}

/** Tells whether undici gave up on a body in which nothing moved. */
export function isBodyTimeout(error: unknown): boolean {
  return causesOf(error).some((cause) => codeOf(cause) === "UND_ERR_BODY_TIMEOUT");
}

/** The error, its causes, and the parts of an `AggregateError` (Node tries several addresses of one name). */
function causesOf(error: unknown): unknown[] {
  const found = new Set<unknown>([error]);
  // A set also visits what is added on the way, and nothing twice.
  for (const next of found) {
    if (next instanceof Error && next.cause !== undefined) found.add(next.cause);
    if (next instanceof AggregateError) for (const part of next.errors) found.add(part);
  }
  return [...found];
}

/** The status with which a proxy refused, where undici says so; its message alone holds it. */
function proxyStatusOf(error: unknown): number | undefined {
  const match = error instanceof Error ? /^Proxy response \((\d{3})\)/.exec(error.message) : null;
  return match ? Number(match[1]) : undefined;
}

function codeOf(error: unknown): string | undefined {
  return memberOf(error, "code");
}

/** What Node's system errors say besides their message. */
function memberOf(error: unknown, name: "code" | "syscall"): string | undefined {
  if (!(error instanceof Error) || !(name in error)) return undefined;
  const value: unknown = (error as Error & { readonly [member in typeof name]?: unknown })[name];
  return typeof value === "string" ? value : undefined;
}
