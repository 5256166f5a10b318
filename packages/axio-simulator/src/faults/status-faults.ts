import { detailReply, errorReply, htmlReply, jsonReply, type Reply } from "../http/reply.ts";
import { type Fault, type FaultParameters, numberParameter } from "./fault.ts";

/** Answers with an error status, in the dialects of the backend and of the authorization server. */
export const STATUS_FAULTS: readonly Fault[] = [
  status("token_expired", "401, the access token is expired", () =>
    jsonReply(401, {
      error: {
        message: "Provided authentication token is expired. Please try signing in again.",
        type: null,
        code: "token_expired",
        param: null,
      },
      status: 401,
    }),
  ),
  status("token_invalidated", "401, the session was ended", () =>
    jsonReply(401, {
      error: {
        message: "Your authentication token has been invalidated. Please try signing in again.",
        type: "invalid_request_error",
        code: "token_invalidated",
        param: null,
      },
      status: 401,
    }),
  ),
  status("websocket_connection_limit", "the WebSocket has lived for 60 minutes", () =>
    errorReply(400, {
      message: "The connection has reached its limit of 60 minutes.",
      code: "websocket_connection_limit_reached",
    }),
  ),
  status("previous_response_not_found", "the WebSocket has forgotten the response before", () =>
    errorReply(400, {
      message: "Previous response not found.",
      code: "previous_response_not_found",
      param: "previous_response_id",
    }),
  ),
  status("unauthorized", "401 in the detail dialect", () => detailReply(401, "Unauthorized")),
  status("unauthorized_empty", "401 with an empty body", () => empty(401)),
  status("deactivated_workspace", "402, the workspace is closed", () =>
    detailReply(402, { code: "deactivated_workspace" }),
  ),
  status("invalid_workspace_selected", "403, the account header does not fit the token", () =>
    detailReply(403, { code: "invalid_workspace_selected" }),
  ),
  status("cloudflare_challenge", "403 HTML of a bot check, header cf-mitigated", () =>
    cloudflare("Just a moment...", "<p>Enable JavaScript and cookies to continue</p>"),
  ),
  status("cloudflare_blocked", "403 HTML, the client is blocked", () =>
    cloudflare("Attention Required! | Cloudflare", "<p>Sorry, you have been blocked</p>"),
  ),
  status("unsupported_country", "403, the country is not served", () =>
    errorReply(403, {
      message: "Country, region, or territory not supported",
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
    }),
  ),
  status("misalignment_policy_violation", "403, a policy refuses the request", () =>
    errorReply(403, {
      message: "This request was refused by a safety policy.",
      code: "misalignment_policy_violation",
    }),
  ),
  status("cyber_policy", "400, a policy refuses the request", () =>
    errorReply(400, { message: "This request was flagged for possible cyber abuse.", code: "cyber_policy" }),
  ),
  status("invalid_image", "400, an image cannot be read", () =>
    errorReply(400, {
      message: "The image data you provided does not represent a valid image. Please check your input.",
      code: "invalid_value",
      param: "input",
    }),
  ),
  status("context_length", "400, the input is too long", () =>
    errorReply(400, {
      message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
      code: "context_length_exceeded",
      param: "input",
    }),
  ),
  status(
    "unsupported_parameter",
    "400 in the detail dialect, a member is refused",
    ({ name = "temperature" }) => detailReply(400, `Unsupported parameter: ${name}`),
  ),
  status("model_not_supported", "400, the model is not offered", ({ model = "gpt-4.1" }) =>
    detailReply(400, `The '${model}' model is not supported when using Codex with a ChatGPT account.`),
  ),
  status("model_not_found", "404, the model is unknown", () => detailReply(404, "Model not found")),
  status("validation_list", "422, detail is a list of problems", () =>
    jsonReply(422, { detail: [{ type: "missing", loc: ["body", "input"], msg: "Field required" }] }),
  ),
  status("not_found", "404 in the detail dialect", () => detailReply(404, "Not Found")),
  status("request_timeout", "408", () => detailReply(408, "Request Timeout")),
  status("conflict", "409", () => errorReply(409, { message: "Conflict.", code: "conflict" })),
  status("payload_too_large", "413 HTML of a proxy", () =>
    htmlReply(413, proxyPage("413 Payload Too Large")),
  ),
  status("usage_limit_reached", "429, the plan's limit is used up; resets-in seconds", usageLimit),
  status("usage_limit_without_reset", "429, the limit is used up and nobody says until when", () =>
    jsonReply(429, { error: { type: "usage_limit_reached", message: "The usage limit has been reached" } }),
  ),
  status("usage_not_included", "429, the plan has no Codex", () =>
    jsonReply(429, {
      error: {
        type: "usage_not_included",
        message: "To use Codex with your ChatGPT plan, upgrade to Plus.",
        plan_type: "free",
      },
    }),
  ),
  status("rate_limit", "429, too many requests; retry-after seconds as a header", (parameters) =>
    rateLimit({ "retry-after": parameters["retry-after"] ?? "1" }),
  ),
  status("rate_limit_ms", "429 with the header retry-after-ms", (parameters) =>
    rateLimit({ "retry-after-ms": parameters["retry-after-ms"] ?? "50" }),
  ),
  status("rate_limit_date", "429 with Retry-After as an HTTP date", (parameters) =>
    rateLimit({
      "retry-after": new Date(Date.now() + numberParameter(parameters, "seconds", 1) * 1000).toUTCString(),
    }),
  ),
  status("rate_limit_text", "429 that says the delay in its text only", ({ delay = "0.05s" }) =>
    errorReply(429, {
      message: `Rate limit reached. Please try again in ${delay}.`,
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
  ),
  status("rate_limit_silent", "429 without any hint of the delay", () => rateLimit({})),
  status("rate_limit_empty", "429 with an empty body", () => empty(429)),
  status("insufficient_quota", "429, no money left", () =>
    errorReply(429, {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
  ),
  status("server_error", "500 in the platform dialect", () =>
    errorReply(500, {
      message: "The server had an error while processing your request.",
      type: "server_error",
      code: "server_error",
    }),
  ),
  status("server_error_text", "500 with plain text", () => plain(500, "Internal Server Error")),
  status("bad_gateway", "502 HTML of a proxy", () => htmlReply(502, proxyPage("502 Bad Gateway"))),
  status("overloaded", "503, code server_is_overloaded", () => overload("server_is_overloaded")),
  status("slow_down", "503, code slow_down", () => overload("slow_down")),
  status("unavailable", "503 with plain text of a proxy", () =>
    plain(
      503,
      "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    ),
  ),
  status("cloudflare_unavailable", "503 HTML of a bot check", () => ({
    ...cloudflare("Just a moment...", "<p>Checking your browser</p>"),
    status: 503,
  })),
  status("gateway_timeout", "504 HTML of a proxy", () => htmlReply(504, proxyPage("504 Gateway Time-out"))),
  status("cloudflare_520", "520, the origin answered nonsense", () => plain(520, "error code: 520")),
  status("error_in_header", "400 without a body, the error in x-error-json", () => ({
    ...empty(400),
    headers: {
      "x-error-json": Buffer.from(JSON.stringify({ error: { code: "invalid_prompt" } })).toString("base64"),
    },
  })),
  status(
    "redirect_elsewhere",
    "302 to a host that must not get the token",
    ({ location = "http://127.0.0.1:9/" }) => ({
      ...empty(302),
      headers: { location },
    }),
  ),
  status("bad_json_error", "500, announced as JSON but cut short", () => ({
    kind: "plain",
    status: 500,
    headers: { "content-type": "application/json" },
    body: '{"error":{"message":"The ser',
  })),
  status("status", "any status; code=, type=, message=, param=", (parameters) =>
    errorReply(numberParameter(parameters, "status", 500), {
      message: parameters["message"] ?? "An error of the simulator.",
      type: parameters["type"] ?? "invalid_request_error",
      code: parameters["code"] ?? null,
      param: parameters["param"] ?? null,
    }),
  ),
];

function status(name: string, summary: string, reply: (parameters: FaultParameters) => Reply): Fault {
  return { name, summary, effect: { kind: "reply", reply } };
}

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

function rateLimit(headers: Record<string, string>): Reply {
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

function plain(code: number, body: string): Reply {
  return { kind: "plain", status: code, headers: { "content-type": "text/plain" }, body };
}

function empty(code: number): Reply & { kind: "plain" } {
  return { kind: "plain", status: code, headers: {}, body: "" };
}
