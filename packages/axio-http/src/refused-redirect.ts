import { builtinModule } from "axio/internal";

/** A redirect that was not followed. */
export interface Redirect {
  readonly status: number;
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
 * Returns how `fetch` refuses a redirect. With `"manual"` it returns the response, but it also keeps a copy of the body of
 * each request, which costs a seventh of a small one. With `"error"` it fails without a reason, so that only Node.js, whose
 * diagnostics channel tells the target, is asked for that.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
export function redirectMode(): "manual" | "error" {
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
  const { cause } = error instanceof Error ? error : {};
  if (!(cause instanceof Error) || cause.message !== "unexpected redirect") return undefined;
  return seen?.findLast((redirect) => redirect.url === withoutHash(url)) ?? { status: 302, location: "" };
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
