import { AxioError, type AxioErrorOptions } from "axio";
import { truncateForMessage } from "axio/internal";
import { type FailureShape, failureShape } from "./failure-shape.ts";
import type { ProxyAddress } from "./proxy-settings.ts";
import { redactUrl } from "./secure-url.ts";

/**
 * Converts the failure of a `fetch`, or of reading its body, to an error. Only what the runtimes report as failures of the
 * network is one; any other error is `unexpected`, and not retryable.
 *
 * @param error The failure; it becomes the `cause`. An `AxioError` is returned as it is, also if it is a cause.
 * @param url The URL of the request. Messages show only its host.
 * @param proxy The proxy of the request.
 */
export function networkError(error: unknown, url: string | URL, proxy?: ProxyAddress): AxioError {
  return toError(failureShape(error), { error, url, proxy });
}

/** Converts an error that a connection itself reports: whatever it is, it is a failure of the network. */
export function connectionError(error: unknown, url: string | URL): AxioError {
  const shape = failureShape(error);
  return toError(shape.kind === "unexpected" ? { kind: "broken", code: undefined } : shape, { error, url });
}

/** Returns the error for a peer that received the request and sent no response headers in time. */
export function headersTimeoutError(
  url: string | URL,
  cause: unknown,
  { timeoutMs, proxy }: { readonly timeoutMs?: number; readonly proxy?: ProxyAddress | undefined } = {},
): AxioError {
  const after = timeoutMs === undefined ? "in time" : `within ${timeoutMs / 1000} s`;
  const { host } = new URL(url);
  return new AxioError(
    "response-timeout",
    proxy === undefined
      ? `${host} sent no response ${after}. Try again.`
      : `The proxy ${proxy.url}, or ${host} behind it, sent no response ${after}. Try again; if this persists, check ${proxy.variable}.`,
    { cause, retryable: true, details: { url: redactUrl(url) } },
  );
}

/** Returns the error for a response that is longer than any that makes sense. */
export function tooLongError(url: string | URL, maxBytes: number): AxioError {
  const { host } = new URL(url);
  return new AxioError(
    "protocol",
    `${host} sent a response of more than ${maxBytes / 1024 / 1024} MiB, which is not read further. Check the base URL.`,
    { details: { url: redactUrl(url) } },
  );
}

interface Failure {
  readonly error: unknown;
  readonly url: string | URL;
  readonly proxy?: ProxyAddress | undefined;
}

function toError(shape: FailureShape, failure: Failure): AxioError {
  const { error, url, proxy } = failure;
  const { host } = new URL(url);
  const network = (message: string, options: Pick<AxioErrorOptions, "retryable"> = {}, connected?: false) =>
    new AxioError("network", message, {
      cause: error,
      ...options,
      details: { url: redactUrl(url), connected },
    });
  switch (shape.kind) {
    case "own":
      return shape.error;
    case "certificate":
      return network(
        `The certificate of ${host} was not accepted (${shape.code}). If a company proxy inspects the traffic, set ` +
          "NODE_EXTRA_CA_CERTS to the file with its certificate (PEM), then start again.",
        {},
        false,
      );
    case "connect-timeout":
      return new AxioError("response-timeout", unreachable(host, " in time", proxy), {
        cause: error,
        retryable: true,
        details: { url: redactUrl(url), connected: false },
      });
    case "headers-timeout":
    case "timeout":
      return headersTimeoutError(url, error, { proxy });
    case "not-connected": {
      const code = shape.code === undefined ? "" : ` (${shape.code})`;
      return network(unreachable(host, `: ${shape.reason}${code}`, proxy), { retryable: true }, false);
    }
    case "proxy":
      return network(refusedByProxy(shape, host, proxy), { retryable: isTransient(shape) }, false);
    case "rejected-url":
      return network(`fetch rejects the URL of ${host}: ${shape.reason}. Use another URL.`, {}, false);
    case "broken": {
      const through = proxy === undefined ? "" : ` through the proxy ${proxy.url}`;
      const code = shape.code === undefined ? "" : ` (${shape.code})`;
      const remedy = proxy === undefined ? "the network" : `the network and ${proxy.variable}`;
      return network(
        `The connection to ${host}${through} broke${code}. Try again; if this persists, check ${remedy}.`,
        { retryable: true },
      );
    }
    case "missing-module":
    case "unexpected":
      return unexpectedError(shape, failure);
  }
}

/** Without a proxy, the variable for one is a remedy; with one, it may be the cause. */
function unreachable(host: string, why: string, proxy: ProxyAddress | undefined): string {
  return proxy === undefined
    ? `${host} could not be reached${why}. Check the network, and HTTPS_PROXY if you need a proxy.`
    : `The proxy ${proxy.url} could not be reached${why}. Correct or unset ${proxy.variable}, which names it.`;
}

type ProxyRefusal = Extract<FailureShape, { readonly kind: "proxy" }>;

function isTransient({ status, code = "" }: ProxyRefusal): boolean {
  return status === undefined ? !code.includes("_AUTH_") : status >= 500;
}

function refusedByProxy(refusal: ProxyRefusal, host: string, proxy: ProxyAddress | undefined): string {
  const { status, code = "" } = refusal;
  const { variable = "HTTPS_PROXY" } = proxy ?? {};
  const name = proxy === undefined ? "The proxy" : `The proxy ${proxy.url}`;
  const problem = `${name} did not connect to ${host} (${status ?? code}).`;
  if (status !== 407 && !code.includes("_AUTH_"))
    return `${problem} Check ${variable}, and whether the proxy allows this host. NO_PROXY lists hosts that need no proxy.`;
  return proxy?.credentials === undefined
    ? `${problem} It needs a user name and a password: set them in ${variable}, as in http://user:password@proxy:8080.`
    : `${problem} It does not accept the user name and password in ${variable}: correct them.`;
}

function unexpectedError({ kind }: FailureShape, { error, url }: Failure): AxioError {
  const remedy =
    kind === "missing-module"
      ? "A module is missing: install the packages again, or if you bundle, keep undici and ws out of the bundle (external)."
      : "This is not a failure of the network. Check your fetch, if you pass one; otherwise report it, with its cause.";
  return new AxioError(
    "unexpected",
    `The request to ${new URL(url).host} failed: ${described(error)}. ${remedy}`,
    {
      cause: error,
      details: { url: redactUrl(url) },
    },
  );
}

/** Name and message of an error, without queries of URLs and what looks like a token. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return "a value was thrown that is no error";
  const origin = error.cause instanceof Error ? error.cause : error;
  const text = `${origin.name}: ${origin.message.replace(/\?[^\s"')]*/g, "")}`;
  return truncateForMessage(text).replace(/\.$/, "");
}
