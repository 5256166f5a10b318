import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { firstText, parseJson, readNumber, readText } from "../json-members.ts";

/** The body of an error, in one form for all servers. */
export interface ErrorBody {
  readonly message: string;
  /** The values of `code`, `type` and `status`, the most specific first. */
  readonly codes: readonly string[];
  /** The status that the body names. */
  readonly status?: number | undefined;
  /** The request parameter at fault. */
  readonly parameter?: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** OpenRouter's `metadata`. */
  readonly metadata: JsonObject;
}

/**
 * Reads the body of an error, parsed or as text. Never throws: text that is not JSON is the message.
 *
 * The object (or the first one of Gemini's array) holds `error` as an object or text, `detail`, or the members themselves.
 * What OpenRouter quotes from the provider behind it (`metadata.raw`) counts first.
 */
export function readErrorBody(body: unknown): ErrorBody {
  const value = typeof body === "string" ? parseJson(body) : body;
  const object: unknown = Array.isArray(value) ? value[0] : value;
  if (!isJsonObject(object))
    return { message: typeof body === "string" ? body : "", codes: [], metadata: {} };
  const { error, detail } = object;
  if (isJsonObject(error)) return readMembers(error, object);
  if (typeof error === "string") return readMembers({ ...object, message: error }, object);
  if (isJsonObject(detail)) return readMembers(detail, object);
  if (Array.isArray(detail)) return readValidation(detail);
  if (typeof detail === "string") return readMembers({ ...object, message: detail }, object);
  return readMembers(object, object);
}

function readMembers(error: JsonObject, body: JsonObject): ErrorBody {
  const metadata = isJsonObject(error["metadata"]) ? error["metadata"] : {};
  const quoted = readQuoted(metadata["raw"]);
  const message = readMessage(error["message"]) ?? readText(body["message"]) ?? "";
  const inner = isJsonObject(error["innererror"]) ? [error["innererror"]["code"]] : [];
  const named = [
    error["code"],
    ...inner,
    error["type"],
    error["error_type"],
    metadata["error_type"],
    error["status"],
  ];
  return {
    message: [message, quoted?.message ?? ""].filter((text) => text !== "").join(" "),
    codes: [
      ...(quoted?.codes ?? []),
      ...named.map((code) => readText(code)).filter((code) => code !== undefined),
    ],
    status:
      quoted?.status ??
      [error["code"], error["status"], error["status_code"], body["statusCode"], body["status"]]
        .map(readStatus)
        .find((status) => status !== undefined),
    parameter: quoted?.parameter ?? readText(error["param"]) ?? parameterInWords(message),
    retryAfterMs: readRetryInfo(error["details"]),
    metadata,
  };
}

/** FastAPI's list of validation errors. */
function readValidation(detail: readonly JsonValue[]): ErrorBody {
  const [first] = detail;
  const error = isJsonObject(first) ? first : {};
  const path = Array.isArray(error["loc"]) ? error["loc"].filter((step) => step !== "body").join(".") : "";
  const words = readText(error["msg"]) ?? "";
  return {
    message: path === "" ? words : `${path}: ${words}`,
    codes: [readText(error["type"])].filter((code) => code !== undefined),
    parameter: path === "" ? undefined : path,
    metadata: {},
  };
}

/** The error of the provider behind a router. Text that is not JSON is its message. */
function readQuoted(raw: JsonValue | undefined): ErrorBody | undefined {
  if (typeof raw === "string" || isJsonObject(raw)) return readErrorBody(raw);
  return undefined;
}

/** Mistral's message may be an object. */
function readMessage(message: JsonValue | undefined): string | undefined {
  if (!isJsonObject(message)) return readText(message);
  const detail = message["detail"];
  return Array.isArray(detail) ? readValidation(detail).message : firstText(message["message"], detail);
}

const PARAMETER_WORDS: readonly RegExp[] = [
  /unrecognized request arguments? supplied: ([\w.]+)/i,
  /property '([^']+)' is unsupported/i,
  /unsupported (?:parameter|value): '([^']+)'/i,
  /unknown (?:parameter|field|name):? ["'`]([^"'`]+)["'`]/i,
];

function parameterInWords(message: string): string | undefined {
  for (const words of PARAMETER_WORDS) {
    const parameter = words.exec(message)?.[1];
    if (parameter !== undefined) return parameter;
  }
  return undefined;
}

/** A status stands in `code` or `status`, as a number or its digits. */
function readStatus(value: JsonValue | undefined): number | undefined {
  const number = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : readNumber(value);
  return number !== undefined && number >= 400 && number <= 599 ? number : undefined;
}

/** Google's `RetryInfo`: `{"retryDelay": "31s"}` among the details. */
function readRetryInfo(details: JsonValue | undefined): number | undefined {
  for (const detail of Array.isArray(details) ? details.filter(isJsonObject) : []) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(readText(detail["retryDelay"]) ?? "")?.[1];
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  return undefined;
}
