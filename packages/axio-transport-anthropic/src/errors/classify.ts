import { AxioError, type ErrorDetails, isJsonObject, type JsonObject } from "axio";
import { parseRetryText, type ResponseFault } from "axio-http";
import { hideTokens, truncateForMessage } from "axio-http/internal";
import { ERROR_RULES, type ErrorRule } from "./error-rules.ts";

/** An error as the API reports it. */
interface ReportedError {
  readonly status?: number | undefined;
  readonly type: string;
  readonly peerCode?: string | undefined;
  readonly message: string;
  readonly model: string;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the server itself advises to repeat the request. */
  readonly shouldRetry?: boolean | undefined;
  readonly details: ErrorDetails;
  readonly cause: unknown;
}

/**
 * Classifies a response without success.
 *
 * @returns `undefined` for pages and bodies without an error, which the general rules decide. 413 is always decided here.
 */
export function classifyResponse(fault: ResponseFault, model: string): AxioError | undefined {
  const { status, body, headers, retryAfterMs, summary, details } = fault;
  const error = isJsonObject(body?.["error"]) ? body["error"] : undefined;
  const isBlocked = headers.has("cf-mitigated");
  if (isBlocked || (error === undefined && status !== 413 && status !== 529)) return undefined;
  return classify({
    status,
    type: textOf(error?.["type"]),
    peerCode: codeIn(error),
    message: textOf(error?.["message"]) || summary,
    model,
    retryAfterMs,
    shouldRetry: shouldRetryOf(headers),
    details: { ...details, ...requestId(body) },
    cause: body ?? fault.bodyText,
  });
}

/** Classifies an error event of a stream. */
export function classifyEvent(event: JsonObject, model: string, details: ErrorDetails): AxioError {
  const clean = JSON.parse(JSON.stringify(event), (_name, value: unknown) =>
    typeof value === "string" ? hideTokens(value) : value,
  ) as JsonObject;
  const error = isJsonObject(clean["error"]) ? clean["error"] : clean;
  const message = textOf(error["message"]);
  return classify({
    type: textOf(error["type"]),
    peerCode: codeIn(error),
    message,
    model,
    retryAfterMs: parseRetryText(message),
    details: { ...details, ...requestId(clean) },
    cause: clean,
  });
}

function classify(error: ReportedError): AxioError {
  const { status, type, peerCode, message, model, shouldRetry, details, cause } = error;
  const rule = ERROR_RULES.find((candidate) => fits(candidate, error)) ?? unknown(status);
  const isPermanent = rule.code === "usage-limit";
  const retryable = !isPermanent && (shouldRetry ?? rule.retryable ?? false);
  const words = truncateForMessage(message);
  return new AxioError(
    rule.code,
    rule.advice.replace("{model}", model) + (words === "" ? "" : ` It said: ${words}`),
    {
      cause,
      retryable,
      retryAfterMs: retryable ? error.retryAfterMs : undefined,
      details: {
        ...details,
        peerCode: peerCode ?? (type === "" ? details.peerCode : type),
        ...(rule.code === "usage-limit" ? { resetsAt: resetOf(peerCode) } : {}),
        parameter: parameterIn(rule, message) ?? details.parameter,
      },
    },
  );
}

function fits(rule: ErrorRule, { status, type, peerCode, message }: ReportedError): boolean {
  if (rule.statuses !== undefined && !(status !== undefined && rule.statuses.includes(status))) {
    // An event of a stream has no status: its type tells the same.
    if (status !== undefined || !rule.statuses.includes(400) || type !== "invalid_request_error")
      return false;
  }
  if (rule.types !== undefined && !rule.types.includes(type)) return false;
  if (rule.peerCodes !== undefined && !rule.peerCodes.test(peerCode ?? "")) return false;
  return rule.message === undefined || rule.message.test(message);
}

function unknown(status: number | undefined): ErrorRule {
  return status !== undefined && status >= 400 && status < 500
    ? {
        code: "invalid-request",
        advice: "Anthropic rejected the request. Change it before you send it again.",
      }
    : { code: "server", retryable: true, advice: "Anthropic failed. Try again." };
}

/** `x-should-retry` of the response. */
function shouldRetryOf(headers: Headers): boolean | undefined {
  const value = headers.get("x-should-retry");
  return value === "true" ? true : value === "false" ? false : undefined;
}

function codeIn(error: JsonObject | undefined): string | undefined {
  const details = error?.["details"];
  // Gateways put the codes of other providers into `code`.
  const code = (isJsonObject(details) ? details["error_code"] : undefined) ?? error?.["code"];
  return typeof code === "string" && code !== "" ? truncateForMessage(code, 100) : undefined;
}

/** Limits of money reset at the beginning of the month, in UTC. */
function resetOf(peerCode: string | undefined): number | undefined {
  if (peerCode === undefined || !peerCode.endsWith("spend_limit_reached")) return undefined;
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

/** The member of the body that the message names: `tools.0.custom.eager_input_streaming: Extra inputs …`. */
function parameterIn(rule: ErrorRule, message: string): string | undefined {
  if (rule.code !== "unsupported-parameter" && rule.code !== "invalid-request") return undefined;
  return /^["'`]?([a-z_]+(?:\.[\w-]+)*)["'`]?(?::| is not supported)/.exec(message)?.[1];
}

function requestId(body: JsonObject | undefined): ErrorDetails {
  const id = body?.["request_id"];
  return typeof id === "string" && id !== "" ? { requestId: truncateForMessage(id, 100) } : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
