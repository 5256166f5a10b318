import { SHARING_ERRORS, sharingError } from "../chatgpt/sharing-error.ts";
import { detailReply, jsonReply, type Reply } from "../http/reply.ts";
import { isObject } from "../json.ts";
import { endFault, type Fault, replyFault, reshapeFault } from "./fault.ts";

/** Faults that only the documented route is known to have. */
export const SHARING_FAULTS: readonly Fault[] = [
  ...Object.entries(SHARING_ERRORS).map(([code, [status]]) =>
    replyFault(code, `${status} of the documented route`, () => sharingError(code)),
  ),
  replyFault("admission_forbidden", "403 in the detail dialect, not served here", () =>
    detailReply(403, "Direct access is not available in your region."),
  ),
  replyFault("admission_unavailable", "503 in the detail dialect, direct routing is unavailable", () =>
    detailReply(503, "Direct routing is temporarily unavailable."),
  ),
  replyFault("invalid_token_rfc", "401 in the dialect of RFC 6750, `error` is a string", () =>
    jsonReply(401, { error: "invalid_token", error_description: "The access token is not valid." }),
  ),
  {
    name: "no_content_type",
    summary: "an event stream without a content type",
    effect: { kind: "rewrite", rewrite: withoutContentType },
  },
  endFault("early_done", "`[DONE]` instead of the terminal event", "text", () => [
    { kind: "raw", text: "data: [DONE]\n\n" },
    { kind: "end" },
  ]),
  reshapeFault("functions_namespace", "calls that name the namespace `functions`", (frames) =>
    frames.map((frame) => {
      const item = frame.kind === "event" ? frame.event["item"] : undefined;
      if (frame.kind !== "event" || !isObject(item) || item["type"] !== "function_call") return frame;
      return { kind: "event", event: { ...frame.event, item: { namespace: "functions", ...item } } };
    }),
  ),
];

function withoutContentType(reply: Reply): Reply {
  if (reply.kind !== "stream") return reply;
  const { "content-type": _, ...headers } = reply.headers;
  return { ...reply, headers };
}
