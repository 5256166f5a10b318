import type { IncomingHttpHeaders } from "node:http";
import { isExpectedState } from "./authorization-response.ts";

/** A request that came in on the callback's port. */
export interface IncomingRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What a request is. Only `callback` and `cancel` may change anything. */
export type CallbackRequestKind =
  | { readonly kind: "callback"; readonly params: URLSearchParams }
  | { readonly kind: "cancel" }
  | { readonly kind: "wrong-host" | "wrong-method" | "not-found" | "not-recognised" | "forbidden" };

/**
 * Judges a request: host, method, path, state, in this order and before anything else in it is looked at. So neither a
 * web page (through DNS rebinding, a link, an image) nor an old tab can end or take over a sign-in.
 */
export function classifyRequest(
  { method, url, headers }: IncomingRequest,
  expected: { readonly port: number | undefined; readonly path: string; readonly state: string },
): CallbackRequestKind {
  const hosts = ["localhost", "127.0.0.1", "[::1]"].map((host) => `${host}:${expected.port}`);
  if (!hosts.includes(headers.host ?? "")) return { kind: "wrong-host" };
  if (method !== "GET") return { kind: "wrong-method" };
  const address = `http://localhost${url ?? ""}`;
  const target = url?.startsWith("/") && URL.canParse(address) ? new URL(address) : undefined;
  if (target?.pathname === "/cancel") return { kind: isFromBrowser(headers) ? "forbidden" : "cancel" };
  if (target?.pathname !== expected.path) return { kind: "not-found" };
  const [state = "", ...others] = target.searchParams.getAll("state");
  if (others.length > 0 || !isExpectedState(state, expected.state)) return { kind: "not-recognised" };
  return { kind: "callback", params: target.searchParams };
}

/** A program that asks the port's holder to leave sends none of these; a browser, for whichever page, sends some. */
function isFromBrowser(headers: IncomingHttpHeaders): boolean {
  return ["origin", "referer", "sec-fetch-site", "sec-fetch-mode"].some((name) => name in headers);
}
