import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** The properties of an error body, in any of the usual dialects. Each is present if the body has it. */
export interface ErrorBody {
  /** The peer's code; a number becomes text. */
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  /** The peer's message, neither cleaned nor truncated. */
  readonly message?: string | undefined;
  /** The parameter of the request that is at fault. */
  readonly parameter?: string | undefined;
  /** The whole body, if it is a JSON object. */
  readonly body?: JsonObject | undefined;
  /** The JSON object that describes the error: `body.error`, `body.detail`, or `body` itself. */
  readonly fault?: JsonObject | undefined;
}

/**
 * Reads the body of an error: `{"error": {type, code, message, param}}`, `{"error": "code", "error_description": …}`
 * (RFC 6749 §5.2), `{"detail": string | object | array}`, or an object that has these members itself.
 * Never throws: a body that is not JSON has no properties.
 */
export function parseErrorBody(text: string): ErrorBody {
  const body = parseJson(text);
  if (!isJsonObject(body)) return {};
  const { error, detail } = body;
  if (isJsonObject(error)) return { ...members(error), body };
  if (typeof error === "string") return { ...oauthMembers(error, body), body };
  if (isJsonObject(detail)) return { ...members(detail), body };
  if (typeof detail === "string") return { message: detail, body };
  if (Array.isArray(detail)) return { ...validationMembers(detail), body };
  return { ...members(body), body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function members(fault: JsonObject): ErrorBody {
  const { code, type, message, detail, msg, param } = fault;
  return {
    code: text(code),
    type: text(type),
    message: text(message ?? detail ?? msg),
    parameter: text(param),
    fault,
  };
}

// OAuth has a code here, others a sentence.
function oauthMembers(error: string, fault: JsonObject): ErrorBody {
  const { code, error_description: description, message } = fault;
  const isCode = /^[\w.-]+$/.test(error);
  return {
    code: text(code ?? (isCode ? error : undefined)),
    message: text(description ?? message ?? (isCode ? undefined : error)),
    fault,
  };
}

/** FastAPI's list of validation errors: `[{"loc": ["body", "input", 0], "msg": "Field required", "type": "missing"}]`. */
function validationMembers(detail: readonly JsonValue[]): ErrorBody {
  const [fault] = detail;
  if (!isJsonObject(fault)) return { message: text(fault) };
  const { loc, msg, type } = fault;
  const location = Array.isArray(loc) ? loc.join(".") : undefined;
  return {
    type: text(type),
    message: text(typeof msg === "string" && location ? `${location}: ${msg}` : msg),
    parameter: text(location),
    fault,
  };
}

function text(value: unknown): string | undefined {
  const string = typeof value === "number" ? String(value) : value;
  return typeof string === "string" && string !== "" ? string : undefined;
}
