import { tokenError } from "../codex/token-errors.ts";
import { detailReply, errorReply, htmlReply, jsonReply, type Reply } from "../http/reply.ts";
import { type Fault, type FaultParameters, numberParameter, replyFault } from "./fault.ts";

/** Responses with an error status, in the dialects of the backend and of the authorization server. */
export const STATUS_FAULTS: readonly Fault<unknown>[] = [
  replyFault("token_expired", "401, the access token is expired", () => tokenError("token_expired")),
  replyFault("token_invalidated", "401, the sign-in was revoked", () => tokenError("token_invalidated")),
  replyFault("websocket_connection_limit", "the WebSocket is 60 minutes old", () =>
    errorReply(400, {
      message: "The connection has reached its limit of 60 minutes.",
      code: "websocket_connection_limit_reached",
    }),
  ),
  replyFault("previous_response_not_found", "the WebSocket no longer has the previous response", () =>
    errorReply(400, {
      message: "Previous response not found.",
      code: "previous_response_not_found",
      param: "previous_response_id",
    }),
  ),
  replyFault("previous_response_message", "as previous_response_not_found, without a code", () =>
    errorReply(400, { message: "Previous response with id 'resp_sim' not found.", code: null }),
  ),
  replyFault("unauthorized", "401 in the detail dialect", () => detailReply(401, "Unauthorized")),
  replyFault("unauthorized_empty", "401 with an empty body", () => empty(401)),
  replyFault("deactivated_workspace", "402, the workspace is closed", () =>
    detailReply(402, { code: "deactivated_workspace" }),
  ),
  replyFault("invalid_workspace_selected", "403, the account header does not match the token", () =>
    detailReply(403, { code: "invalid_workspace_selected" }),
  ),
  replyFault("cloudflare_challenge", "403 HTML of a bot check, header cf-mitigated", () =>
    cloudflare("Just a moment...", "<p>Enable JavaScript and cookies to continue</p>"),
  ),
  replyFault("cloudflare_blocked", "403 HTML, the client is blocked", () =>
    cloudflare("Attention Required! | Cloudflare", "<p>Sorry, you have been blocked</p>"),
  ),
  replyFault("unsupported_country", "403, the country is not served", () =>
    errorReply(403, {
      message: "Country, region, or territory not supported",
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
    }),
  ),
  replyFault("misalignment_policy_violation", "403, a policy refuses the request", () =>
    errorReply(403, {
      message: "This request was refused by a safety policy.",
      code: "misalignment_policy_violation",
    }),
  ),
  replyFault("cyber_policy", "400, a policy refuses the request", () =>
    errorReply(400, { message: "This request was flagged for possible cyber abuse.", code: "cyber_policy" }),
  ),
  replyFault("invalid_image", "400, an image is invalid", () =>
    errorReply(400, {
      message: "The image data you provided does not represent a valid image. Please check your input.",
      code: "invalid_value",
      param: "input",
    }),
  ),
  replyFault("context_length", "400, the input is too long", () =>
    errorReply(400, {
      message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
      code: "context_length_exceeded",
      param: "input",
    }),
  ),
  replyFault(
    "unsupported_parameter",
    "400 in the detail dialect, a parameter is unsupported",
    ({ name = "temperature" }) => detailReply(400, `Unsupported parameter: ${name}`),
  ),
  replyFault("model_not_supported", "400, the model is not offered", ({ model = "gpt-4.1" }) =>
    detailReply(400, `The '${model}' model is not supported when using Codex with a ChatGPT account.`),
  ),
  replyFault("model_not_found", "404, the model is unknown", () => detailReply(404, "Model not found")),
  replyFault("validation_list", "422, detail is a list of problems", () =>
    jsonReply(422, { detail: [{ type: "missing", loc: ["body", "input"], msg: "Field required" }] }),
  ),
  replyFault("not_found", "404 in the detail dialect", () => detailReply(404, "Not Found")),
  replyFault("request_timeout", "408", () => detailReply(408, "Request Timeout")),
  replyFault("conflict", "409", () => errorReply(409, { message: "Conflict.", code: "conflict" })),
  replyFault("payload_too_large", "413 HTML of a proxy", () =>
    htmlReply(413, proxyPage("413 Payload Too Large")),
  ),
  replyFault("usage_limit_reached", "429, the plan's limit is reached; resets-in seconds", usageLimit),
  replyFault("usage_limit_without_reset", "429, the plan's limit is reached, without a reset time", () =>
    jsonReply(429, { error: { type: "usage_limit_reached", message: "The usage limit has been reached" } }),
  ),
  replyFault("usage_not_included", "429, the plan does not include Codex", () =>
    jsonReply(429, {
      error: {
        type: "usage_not_included",
        message: "To use Codex with your ChatGPT plan, upgrade to Plus.",
        plan_type: "free",
      },
    }),
  ),
  replyFault("rate_limit", "429 with the header retry-after in seconds; retry-after=", (parameters) =>
    rateLimit({ "retry-after": parameters["retry-after"] ?? "1" }),
  ),
  replyFault("rate_limit_ms", "429 with the header retry-after-ms", (parameters) =>
    rateLimit({ "retry-after-ms": parameters["retry-after-ms"] ?? "50" }),
  ),
  replyFault("rate_limit_date", "429 with Retry-After as an HTTP date", (parameters) =>
    rateLimit({
      "retry-after": new Date(Date.now() + numberParameter(parameters, "seconds", 1) * 1000).toUTCString(),
    }),
  ),
  replyFault("rate_limit_text", "429 with the delay only in its text; delay=", ({ delay = "0.05s" }) =>
    errorReply(429, {
      message: `Rate limit reached. Please try again in ${delay}.`,
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
  ),
  replyFault("rate_limit_silent", "429 without a delay", () => rateLimit({})),
  replyFault("rate_limit_empty", "429 with an empty body", () => empty(429)),
  replyFault("insufficient_quota", "429, the quota is used up", () =>
    errorReply(429, {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
  ),
  replyFault("server_error", "500 in the platform dialect", () =>
    errorReply(500, {
      message: "The server had an error while processing your request.",
      type: "server_error",
      code: "server_error",
    }),
  ),
  replyFault("server_error_text", "500 with plain text", () => plainText(500, "Internal Server Error")),
  replyFault("bad_gateway", "502 HTML of a proxy", () => htmlReply(502, proxyPage("502 Bad Gateway"))),
  replyFault("overloaded", "503, code server_is_overloaded", () => overload("server_is_overloaded")),
  replyFault("slow_down", "503, code slow_down", () => overload("slow_down")),
  replyFault("unavailable", "503 with plain text of a proxy", () =>
    plainText(
      503,
      "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    ),
  ),
  replyFault("cloudflare_unavailable", "503 HTML of a bot check", () => ({
    ...cloudflare("Just a moment...", "<p>Checking your browser</p>"),
    status: 503,
  })),
  replyFault("gateway_timeout", "504 HTML of a proxy", () =>
    htmlReply(504, proxyPage("504 Gateway Time-out")),
  ),
  replyFault("cloudflare_520", "520, the origin sent an invalid response", () =>
    plainText(520, "error code: 520"),
  ),
  replyFault("error_in_header", "400 without a body and with the error in x-error-json", () => ({
    ...empty(400),
    headers: {
      "x-error-json": Buffer.from(JSON.stringify({ error: { code: "invalid_prompt" } })).toString("base64"),
    },
  })),
  replyFault(
    "redirect_elsewhere",
    "302 to a host that must not get the token",
    ({ location = "http://127.0.0.1:9/" }) => ({
      ...empty(302),
      headers: { location },
    }),
  ),
  replyFault("bad_json_error", "500 with truncated JSON", () => ({
    kind: "plain",
    status: 500,
    headers: { "content-type": "application/json" },
    body: '{"error":{"message":"The ser',
  })),
  replyFault("status", "any status; code=, type=, message=, param=", (parameters) =>
    errorReply(numberParameter(parameters, "status", 500), {
      message: parameters["message"] ?? "An error of the simulator.",
      type: parameters["type"] ?? "invalid_request_error",
      code: parameters["code"] ?? null,
      param: parameters["param"] ?? null,
    }),
  ),
];

function usageLimit(parameters: FaultParameters): Reply {
  const seconds = numberParameter(parameters, "resets-in", 5400);
  const resetsAt = Math.floor(Date.now() / 1000) + seconds;
  return jsonReply(
    429,
    {
      error: {
        type: "usage_limit_reached",
        message: "The usage limit has been reached",
        plan_type: parameters["plan"] ?? "plus",
        resets_at: resetsAt,
        resets_in_seconds: seconds,
        eligible_promo: null,
      },
    },
    {
      "x-codex-active-limit": "codex",
      "x-codex-rate-limit-reached-type": "rate_limit_reached",
      "x-codex-plan-type": parameters["plan"] ?? "plus",
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-at": String(resetsAt),
      "x-codex-primary-reset-after-seconds": String(seconds),
    },
  );
}

export function rateLimit(headers: Record<string, string>): Reply {
  return jsonReply(
    429,
    {
      error: {
        message: "Rate limit reached for requests.",
        type: "requests",
        code: "rate_limit_exceeded",
        param: null,
      },
    },
    headers,
  );
}

function overload(code: string): Reply {
  return errorReply(503, {
    message: "Our servers are currently overloaded. Please try again later.",
    type: "service_unavailable_error",
    code,
  });
}

function cloudflare(title: string, body: string): Reply & { kind: "plain" } {
  return htmlReply(
    403,
    `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}<p>Cloudflare</p></body></html>`,
    {
      "cf-mitigated": "challenge",
      "cf-ray": "sim0000000000000-AMS",
      server: "cloudflare",
    },
  );
}

function proxyPage(title: string): string {
  return `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`;
}

export function plainText(code: number, body: string): Reply {
  return { kind: "plain", status: code, headers: { "content-type": "text/plain" }, body };
}

function empty(code: number): Reply & { kind: "plain" } {
  return { kind: "plain", status: code, headers: {}, body: "" };
}
