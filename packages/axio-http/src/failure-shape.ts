import { AxioError } from "axio";
import { errorCode } from "axio/internal";

/** The nature of a failure of `fetch`, or of reading a body. */
export type FailureShape =
  | { readonly kind: "own"; readonly error: AxioError }
  /** The certificate is not accepted. */
  | { readonly kind: "certificate"; readonly code: string }
  | { readonly kind: "connect-timeout" | "headers-timeout" | "timeout" }
  /** There was no connection. */
  | { readonly kind: "not-connected"; readonly reason: string; readonly code: string | undefined }
  /** A proxy did not connect to the peer. `status` is that of HTTP, `code` that of SOCKS. */
  | { readonly kind: "proxy"; readonly status?: number | undefined; readonly code?: string | undefined }
  /** `fetch` rejects the URL, each time. */
  | { readonly kind: "rejected-url"; readonly reason: string }
  /** There may have been a connection. */
  | { readonly kind: "broken"; readonly code: string | undefined }
  /** A part of the program is missing: it was not installed or bundled. */
  | { readonly kind: "missing-module" }
  /** Not a failure of the network: an error in the program, most likely. */
  | { readonly kind: "unexpected" };

/** Codes for a connection that was not made, unless a read or a write failed with them. The last two are of Bun. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the name could not be resolved",
  EAI_AGAIN: "the name could not be resolved",
  EHOSTUNREACH: "the host cannot be reached",
  EHOSTDOWN: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENETDOWN: "the network is down",
  EADDRNOTAVAIL: "the network cannot be reached",
  ConnectionRefused: "the connection was refused",
  FailedToOpenSocket: "there was no connection",
};

/** Deno states the reason only in its message. */
const NOT_CONNECTED_MESSAGES: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\bdns error\b|failed to lookup address/, "the name could not be resolved"],
  [/\bConnection refused\b/, "the connection was refused"],
  [/\bclient error \(Connect\)/, "there was no connection"],
];

const CONNECT_TIMEOUT = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** Codes of OpenSSL and Node for a certificate that is not accepted. */
const CERTIFICATE =
  /^(?:ERR_TLS_CERT|ERR_SSL_|CERT_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

/** How Deno states it. */
const CERTIFICATE_MESSAGE = /invalid peer certificate: (\w+)/;

/** Requests that `fetch` itself rejects, each time. */
const REJECTED_URL = /^(?:bad port|unknown scheme|URL scheme must be a HTTP\(S\) scheme)$/;

/** Codes for other failures of the network: those of Node, of its parsers and of undici, then those of Bun. */
const NETWORK_CODE = new RegExp(
  `^(?:${[
    "ECONN(?:RESET|ABORTED)|EPIPE|ENETRESET|ENOTCONN|ESHUTDOWN|ETIMEDOUT|EPROTO|EAI_[A-Z]+|ENOBUFS|EMFILE|ENFILE",
    "HPE_\\w+|Z_\\w+|WS_ERR_\\w+|ERR_HTTP2_\\w+|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET_CLOSED\\w*|ERR_TLS_\\w+|ABORT_ERR",
    "UND_ERR_(?:SOCKET|INFO|ABORTED|BODY_TIMEOUT|HEADERS_OVERFLOW|RES_\\w+|RESPONSE\\w*|PRX_TLS)",
    "Connection(?:Closed|Reset)|ShortRead|ZlibError|InvalidHTTPResponse|Malformed_HTTP_Response",
  ].join("|")})$`,
);

/** System calls of a connection. */
const NETWORK_CALL = /^(?:connect|read|write|shutdown|getaddrinfo|query[A-Z]\w*)/;

/** How a `fetch` words a failure of the network without a code: undici, Chrome, Firefox, Safari, React Native, Bun, Deno, workerd. */
const NETWORK_MESSAGE =
  /^(?:fetch failed|terminated|other side closed|Failed to fetch|network error|NetworkError when attempting|Error in (?:input|body) stream|Load failed|The network connection was lost|Network request failed|The socket connection was closed|Unable to connect\.|error sending request|error reading a body|connection closed before|Network connection lost)/;

const MISSING_MODULE_CODE =
  /^(?:ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|ERR_REQUIRE_ESM|ERR_PACKAGE_PATH_NOT_EXPORTED)$/;
const MISSING_MODULE_MESSAGE = /^(?:Dynamic require of |Cannot find (?:module|package) |Could not resolve )/;

/** Recognizes a failure by the codes of the runtimes, and by messages if there is no code. */
export function failureShape(error: unknown): FailureShape {
  const causes = causesOf(error);
  const own = causes.find((cause) => AxioError.is(cause));
  if (own !== undefined) return { kind: "own", error: own };
  const codes = causes.map(errorCode).filter((code) => code !== undefined);
  const messages = causes.map((cause) => (cause instanceof Error ? cause.message : ""));
  const find = (pattern: RegExp): RegExpExecArray | undefined =>
    messages.map((message) => pattern.exec(message) ?? undefined).find((match) => match !== undefined);
  // An established connection can fail with the same codes.
  const isEstablished = causes.some((cause) => /^(?:read|write)/.test(syscallOf(cause) ?? ""));

  const certificateCode = codes.find((code) => CERTIFICATE.test(code)) ?? find(CERTIFICATE_MESSAGE)?.[1];
  if (certificateCode !== undefined) return { kind: "certificate", code: certificateCode };
  if (!isEstablished && codes.some((code) => CONNECT_TIMEOUT.has(code))) return { kind: "connect-timeout" };
  if (codes.includes("UND_ERR_HEADERS_TIMEOUT")) return { kind: "headers-timeout" };
  const code = codes.find((found) => Object.hasOwn(NOT_CONNECTED, found));
  const reason =
    code === undefined
      ? NOT_CONNECTED_MESSAGES.find(([pattern]) => find(pattern) !== undefined)?.[1]
      : NOT_CONNECTED[code];
  if (reason !== undefined && !isEstablished) return { kind: "not-connected", reason, code };
  const status = find(/^Proxy (?:response \(|refused to open a tunnel: )(\d{3})/)?.[1];
  if (status !== undefined) return { kind: "proxy", status: Number(status) };
  const socksCode = codes.find((found) => /^(?:UND_ERR_)?SOCKS5/.test(found)) ?? find(/^SOCKS5 /)?.[0];
  if (socksCode !== undefined) return { kind: "proxy", code: socksCode.trim() };
  const rejection = find(REJECTED_URL)?.[0];
  if (rejection !== undefined) return { kind: "rejected-url", reason: rejection };
  if (isMissingModule(codes, find)) return { kind: "missing-module" };
  if (causes.some((cause) => nameOf(cause) === "TimeoutError")) return { kind: "timeout" };
  return isBroken(causes, codes) ? { kind: "broken", code: codes[0] } : { kind: "unexpected" };
}

function isMissingModule(codes: readonly string[], find: (pattern: RegExp) => unknown): boolean {
  return codes.some((code) => MISSING_MODULE_CODE.test(code)) || find(MISSING_MODULE_MESSAGE) !== undefined;
}

function isBroken(causes: readonly unknown[], codes: readonly string[]): boolean {
  if (codes.some((code) => NETWORK_CODE.test(code) || Object.hasOwn(NOT_CONNECTED, code))) return true;
  if (causes.some((cause) => NETWORK_CALL.test(syscallOf(cause) ?? "") || nameOf(cause) === "AbortError"))
    return true;
  // "fetch failed" is also how undici words an error of the program, which is the cause.
  const origin = causes.at(-1);
  return origin instanceof Error && codes.length === 0 && NETWORK_MESSAGE.test(origin.message);
}

/** Whether undici gave up on an idle body. */
export function isBodyTimeout(error: unknown): boolean {
  return causesOf(error).some((cause) => errorCode(cause) === "UND_ERR_BODY_TIMEOUT");
}

/** Returns the error, its causes, and the parts of an `AggregateError` (Node tries several addresses of a name). */
export function causesOf(error: unknown): unknown[] {
  const found = new Set<unknown>([error]);
  // The iteration of a set visits values that are added meanwhile, and none twice.
  for (const next of found) {
    if (next instanceof Error && next.cause !== undefined) found.add(next.cause);
    if (next instanceof AggregateError) for (const part of next.errors) found.add(part);
  }
  return [...found];
}

/** Returns the system call that failed, if it is an error of Node. */
function syscallOf(error: unknown): string | undefined {
  const syscall: unknown = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return typeof syscall === "string" ? syscall : undefined;
}

/** Returns the name of an error. Some runtimes have a `DOMException` that is no `Error`. */
function nameOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
}
