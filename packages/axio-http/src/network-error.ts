import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import { redactUrl } from "./secure-url.ts";

/** Codes of Node for a connection that was not made, unless a read or a write failed with them. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
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

/** Codes of OpenSSL and Node for a certificate that is not accepted. */
const CERTIFICATE =
  /^(?:ERR_TLS_CERT|ERR_SSL_|CERT_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

/** Requests that `fetch` itself rejects, each time. */
const REJECTED_BY_FETCH = /^(?:bad port|unknown scheme|URL scheme must be a HTTP\(S\) scheme)$/;

/**
 * Converts the failure of a `fetch`, or of reading its body, to an error.
 *
 * @param error The failure; it becomes the `cause`. An `AxioError` is returned as it is.
 * @param url The URL of the request. Messages show only its host.
 */
export function networkError(error: unknown, url: string | URL): AxioError {
  if (AxioError.is(error)) return error;
  const causes = causesOf(error);
  const codes = causes.map(errorCode).filter((code) => code !== undefined);
  // An established connection can fail with the same codes.
  const established = causes.some((cause) => /^(?:read|write)/.test(syscallOf(cause) ?? ""));
  const details = { url: redactUrl(url) };
  const { host } = new URL(url);

  const certificateCode = codes.find((code) => CERTIFICATE.test(code));
  if (certificateCode !== undefined) {
    return new AxioError(
      "network",
      `The certificate of ${host} was not accepted (${certificateCode}). If a company proxy inspects the traffic, set ` +
        "NODE_EXTRA_CA_CERTS to the file with its certificate (PEM), then start again.",
      { cause: error, details: { ...details, connected: false } },
    );
  }
  if (!established && codes.some((code) => CONNECT_TIMEOUT.has(code))) {
    return new AxioError(
      "response-timeout",
      `${host} could not be reached in time. Check the network, and HTTPS_PROXY if you need a proxy.`,
      {
        cause: error,
        retryable: true,
        details: { ...details, connected: false },
      },
    );
  }
  if (codes.includes("UND_ERR_HEADERS_TIMEOUT")) return headersTimeoutError(url, error);

  const neverConnectedCode = established ? undefined : codes.find((code) => code in NOT_CONNECTED);
  if (neverConnectedCode !== undefined) {
    return new AxioError(
      "network",
      `${host} could not be reached: ${NOT_CONNECTED[neverConnectedCode]} (${neverConnectedCode}). ` +
        "Check the network, and HTTPS_PROXY if you need a proxy.",
      { cause: error, retryable: true, details: { ...details, connected: false } },
    );
  }
  const proxyStatus = causes.map(proxyStatusOf).find((status) => status !== undefined);
  if (proxyStatus !== undefined) {
    return new AxioError(
      "network",
      `The proxy did not connect to ${host} (${proxyStatus}). ` +
        (proxyStatus === 407
          ? "It needs a user name and a password: set them in HTTPS_PROXY, as in http://user:password@proxy:8080."
          : "Check HTTPS_PROXY, and whether the proxy allows this host. NO_PROXY lists hosts that need no proxy."),
      { cause: error, retryable: proxyStatus >= 500, details: { ...details, connected: false } },
    );
  }
  const rejection = causes.find((cause) => cause instanceof Error && REJECTED_BY_FETCH.test(cause.message));
  if (rejection instanceof Error) {
    return new AxioError(
      "network",
      `fetch rejects the URL of ${host}: ${rejection.message}. Use another URL.`,
      {
        cause: error,
        details: { ...details, connected: false },
      },
    );
  }
  const code = codes[0] === undefined ? "" : ` (${codes[0]})`;
  return new AxioError(
    "network",
    `The connection to ${host} broke${code}. Try again; if this persists, check the network.`,
    {
      cause: error,
      retryable: true,
      details,
    },
  );
}

/** Returns the error for a peer that received the request and sent no response headers in time. */
export function headersTimeoutError(url: string | URL, cause: unknown, timeoutMs?: number): AxioError {
  const after = timeoutMs === undefined ? "in time" : `within ${timeoutMs / 1000} s`;
  return new AxioError("response-timeout", `${new URL(url).host} sent no response ${after}. Try again.`, {
    cause,
    retryable: true,
    details: { url: redactUrl(url) },
  });
}

/** Whether undici gave up on an idle body. */
export function isBodyTimeout(error: unknown): boolean {
  return causesOf(error).some((cause) => errorCode(cause) === "UND_ERR_BODY_TIMEOUT");
}

/** Returns the error, its causes, and the parts of an `AggregateError` (Node tries several addresses of a name). */
function causesOf(error: unknown): unknown[] {
  const found = new Set<unknown>([error]);
  // The iteration of a set visits values that are added meanwhile, and none twice.
  for (const next of found) {
    if (next instanceof Error && next.cause !== undefined) found.add(next.cause);
    if (next instanceof AggregateError) for (const part of next.errors) found.add(part);
  }
  return [...found];
}

/** Returns the status of a proxy that rejected a connection. undici states it only in its message. */
function proxyStatusOf(error: unknown): number | undefined {
  const match = error instanceof Error ? /^Proxy response \((\d{3})\)/.exec(error.message) : null;
  return match ? Number(match[1]) : undefined;
}

/** Returns the system call that failed, if it is an error of Node. */
function syscallOf(error: unknown): string | undefined {
  const syscall: unknown = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return typeof syscall === "string" ? syscall : undefined;
}
