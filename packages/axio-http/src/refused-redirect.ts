import { builtinModule } from "axio/internal";
import { causesOf } from "./failure-shape.ts";

/** A redirect that was not followed. */
export interface Redirect {
  /** `undefined` if the runtime did not tell it. */
  readonly status: number | undefined;
  /** The header as it came, empty without one. */
  readonly location: string;
}

/** The message of Node's channel, as far as it is read. */
interface HeadersMessage {
  readonly request?: { readonly origin?: unknown; readonly path?: unknown };
  readonly response?: { readonly statusCode?: unknown; readonly headers?: unknown };
}

interface SeenRedirect extends Redirect {
  readonly url: string;
}

/** Responses with these statuses are redirects. */
const REDIRECTS: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);

/** The newest redirects of this process. Its other requests may follow theirs. */
const MAX_SEEN = 16;

let seen: SeenRedirect[] | undefined;

/**
 * Returns how a `fetch` is to refuse a redirect. With `"manual"` it returns the response, but it also keeps a copy of the body
 * of each request, which costs a seventh of a small one. With `"error"` it fails, and only the `fetch` of Node.js tells why:
 * the failure states a redirect, and a diagnostics channel its target.
 *
 * @param isRuntimeFetch Whether it is the `fetch` of the runtime, or undici's. Any other may fail in its own words.
 * @see https://nodejs.org/api/diagnostics_channel.html
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
export function redirectMode(isRuntimeFetch: boolean): "manual" | "error" {
  if (!isRuntimeFetch) return "manual";
  if (seen !== undefined) return "error";
  // Node.js 20 has no `navigator`. Others that have its modules name themselves here.
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  const isNode = navigator === undefined || navigator.userAgent?.startsWith("Node.js/") === true;
  const channels = isNode
    ? builtinModule<typeof import("node:diagnostics_channel")>("node:diagnostics_channel")
    : undefined;
  if (channels === undefined) return "manual";
  seen = [];
  channels.subscribe("undici:request:headers", noteHeaders);
  return "error";
}

/** Returns the redirect that made `fetch` fail, `undefined` for another failure. */
export function refusedRedirect(error: unknown, url: URL): Redirect | undefined {
  // The error of a proxy's `fetch` has one more cause.
  if (!causesOf(error).some((cause) => cause instanceof Error && cause.message === "unexpected redirect"))
    return undefined;
  const redirect = seen?.findLast(({ url: from }) => from === withoutHash(url));
  return redirect ?? { status: undefined, location: "" };
}

function noteHeaders(message: unknown): void {
  const { request, response } = message as HeadersMessage;
  if (!REDIRECTS.has(response?.statusCode)) return;
  const base = String(request?.origin);
  const path = String(request?.path);
  if (!URL.canParse(path, base)) return;
  const headers = Array.isArray(response?.headers) ? response.headers.map(String) : [];
  const index = headers.findIndex((name, position) => position % 2 === 0 && /^location$/i.test(name));
  seen?.push({
    url: new URL(path, base).href,
    status: Number(response?.statusCode),
    location: index < 0 ? "" : (headers[index + 1] ?? ""),
  });
  if (seen !== undefined && seen.length > MAX_SEEN) seen.shift();
}

function withoutHash({ href, hash }: URL): string {
  return hash === "" ? href : href.slice(0, -hash.length);
}
