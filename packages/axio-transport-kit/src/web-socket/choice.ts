import { AxioError } from "axio";
import type { FetchLike } from "axio-http";

const CHOICES: readonly unknown[] = ["sse", "websocket", "auto"];

/** The options that decide how responses come. */
export interface WebSocketChoice {
  /**
   * How responses come. `"sse"`: each over a request of its own. `"websocket"`: over one connection for each conversation, on
   * which a request holds only what is new. `"auto"`: a WebSocket, unless there is a `fetch` option or a proxy. If the
   * WebSocket is rejected, the transport falls back to server-sent events; if it fails repeatedly, the conversation does.
   * `onWarning` is called then. A connection does not keep the process alive; `close()` closes it. Default: `"sse"`.
   */
  readonly transport?: "sse" | "websocket" | "auto" | undefined;
}

/**
 * Whether calls may use a WebSocket. A caller's own `fetch` may be a proxy or a gateway: nothing bypasses it without request.
 *
 * @throws AxioError `invalid-argument` for another value of `transport`.
 */
export function usesWebSocket({
  transport = "sse",
  fetch,
}: WebSocketChoice & { readonly fetch?: FetchLike | undefined }): boolean {
  if (!CHOICES.includes(transport)) {
    throw new AxioError(
      "invalid-argument",
      `transport is ${JSON.stringify(transport)}. Choose "sse", "websocket" or "auto".`,
    );
  }
  return transport === "websocket" || (transport === "auto" && fetch === undefined);
}
