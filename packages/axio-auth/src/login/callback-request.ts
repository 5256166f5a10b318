import type { IncomingHttpHeaders } from "node:http";
import { type ExpectedState, isExpectedState } from "./callback-state.ts";

/** A request to the callback port. */
export interface IncomingRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The expected callback. */
export interface ExpectedCallback extends ExpectedState {
  readonly port: number | undefined;
  readonly path: string;
  /** The path that redirects to the sign-in page. Default: no path does. */
  readonly startPath?: string | undefined;
}

/** The kind of a request. Only `callback` and `cancel` may change anything. */
export type CallbackRequestKind =
  | { readonly kind: "callback"; readonly params: URLSearchParams }
  | { readonly kind: "cancel" | "start" }
  | { readonly kind: "wrong-host" | "wrong-method" | "not-found" | "not-recognized" | "forbidden" };

/**
 * Classifies a request by host, method, path and state, in this order and before anything else is read. So no web page
 * (through DNS rebinding, a link or an image) and no old tab can end or take over a sign-in.
 */
export function classifyRequest(
  { method, url, headers }: IncomingRequest,
  expected: ExpectedCallback,
): CallbackRequestKind {
  const hosts = ["localhost", "127.0.0.1", "[::1]"].map((host) => `${host}:${expected.port}`);
  if (!hosts.includes(headers.host ?? "")) return { kind: "wrong-host" };
  if (method !== "GET") return { kind: "wrong-method" };
  const address = `http://localhost${url ?? ""}`;
  const target = url?.startsWith("/") && URL.canParse(address) ? new URL(address) : undefined;
  if (target?.pathname === "/cancel") return { kind: isFromBrowser(headers) ? "forbidden" : "cancel" };
  if (target !== undefined && target.pathname === expected.startPath) return { kind: "start" };
  if (target?.pathname !== expected.path) return { kind: "not-found" };
  const [state = "", ...others] = target.searchParams.getAll("state");
  if (others.length > 0 || !isExpectedState(state, expected)) return { kind: "not-recognized" };
  return { kind: "callback", params: target.searchParams };
}

/** The headers of a program that asks another one to free the port, as the official CLI does. */
const CANCEL_HEADERS: ReadonlySet<string> = new Set(["host", "connection"]);

/** Any browser sends more, even an old one without Fetch Metadata: its name, and what it accepts. */
function isFromBrowser(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => !CANCEL_HEADERS.has(name));
}
