import { SHARING_ERRORS, sharingError } from "../chatgpt/sharing-error.ts";
import { detailReply, jsonReply, type Reply } from "../http/reply.ts";
import { isObject } from "../json.ts";
import type { Fault } from "./fault.ts";
import { reshaped } from "./stream-shape-faults.ts";

/** What only the documented route is known to answer. */
export const SHARING_FAULTS: readonly Fault[] = [
  ...Object.entries(SHARING_ERRORS).map(([code, [status]]) =>
    refused(code, `${status}, of the documented route`, () => sharingError(code)),
  ),
  refused("admission_forbidden", "403 in the detail dialect, not served here", () =>
    detailReply(403, "Direct access is not available in your region."),
  ),
  refused("admission_unavailable", "503 in the detail dialect, direct routing is off", () =>
    detailReply(503, "Direct routing is temporarily unavailable."),
  ),
  refused("invalid_token_rfc", "401 in the dialect of RFC 6750, `error` is a string", () =>
    jsonReply(401, { error: "invalid_token", error_description: "The access token is not valid." }),
  ),
  {
    name: "no_content_type",
    summary: "an event stream that does not say that it is one",
    effect: { kind: "rewrite", rewrite: withoutContentType },
  },
  {
    name: "early_done",
    summary: "`[DONE]` in the place of the terminal event",
    effect: {
      kind: "frames",
      at: "text",
      apply: (frames, index) => [
        ...frames.slice(0, index),
        { kind: "raw", text: "data: [DONE]\n\n" },
        { kind: "end" },
      ],
    },
  },
  reshaped("functions_namespace", "calls that name the namespace `functions` as well", (frames) =>
    frames.map((frame) => {
      const item = frame.kind === "event" ? frame.event["item"] : undefined;
      if (frame.kind !== "event" || !isObject(item) || item["type"] !== "function_call") return frame;
      return { kind: "event", event: { ...frame.event, item: { namespace: "functions", ...item } } };
    }),
  ),
];

function refused(name: string, summary: string, reply: () => Reply): Fault {
  return { name, summary, effect: { kind: "reply", reply } };
}

function withoutContentType(reply: Reply): Reply {
  if (reply.kind !== "stream") return reply;
  const { "content-type": _, ...headers } = reply.headers;
  return { ...reply, headers };
}
