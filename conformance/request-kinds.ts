import type { RecordedRequest } from "../packages/axio-simulator/src/index.ts";

/** The kinds of requests that the page compares, in its order. */
export const REQUEST_KINDS = [
  "turn",
  "turn after a tool call",
  "turn with a model that is not lite",
  "WebSocket: upgrade",
  "WebSocket: warm-up",
  "WebSocket: turn",
  "WebSocket: turn after a tool call",
  "list of models",
  "refresh",
  "device sign-in: start",
  "device sign-in: poll",
  "code exchange",
  "revoke",
] as const;

export type RequestKind = (typeof REQUEST_KINDS)[number];

/** The first request of each kind in one run. */
export function sortRequests(
  requests: readonly RecordedRequest[],
  model: "lite" | "not lite",
): Map<RequestKind, RecordedRequest> {
  const sorted = new Map<RequestKind, RecordedRequest>();
  for (const request of requests) {
    const kind = kindOf(request, model);
    if (kind !== undefined && !sorted.has(kind)) sorted.set(kind, request);
  }
  return sorted;
}

function kindOf(request: RecordedRequest, model: "lite" | "not lite"): RequestKind | undefined {
  switch (`${request.method} ${request.path}`) {
    case "POST /backend-api/codex/responses":
      if (model === "not lite") return "turn with a model that is not lite";
      return /"type":"(function|custom_tool)_call_output"/.test(request.body)
        ? "turn after a tool call"
        : "turn";
    case "GET /backend-api/codex/responses":
      return request.status === 101 ? "WebSocket: upgrade" : undefined;
    case "MESSAGE /backend-api/codex/responses":
      if (/"generate":false/.test(request.body)) return "WebSocket: warm-up";
      return /"type":"(function|custom_tool)_call_output"/.test(request.body)
        ? "WebSocket: turn after a tool call"
        : "WebSocket: turn";
    case "GET /backend-api/codex/models":
      return "list of models";
    case "POST /oauth/token":
      return request.body.includes("authorization_code") ? "code exchange" : "refresh";
    case "POST /oauth/revoke":
      return "revoke";
    case "POST /api/accounts/deviceauth/usercode":
      return "device sign-in: start";
    case "POST /api/accounts/deviceauth/token":
      return "device sign-in: poll";
    default:
      return undefined;
  }
}
