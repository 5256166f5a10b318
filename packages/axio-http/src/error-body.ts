import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** What an error's body says, in whichever dialect. Each member is there where the body has it. */
export interface ErrorBody {
  /** `code` as the peer gave it; a number becomes text. */
  readonly code?: string;
  readonly type?: string;
  /** As the peer gave it: not cleaned and not bounded. */
  readonly message?: string;
  /** The member of the request that is at fault. */
  readonly parameter?: string;
  /** The whole body, where it is a JSON object: for members that only one provider knows. */
  readonly body?: JsonObject;
  /** The JSON object that holds the error's members, somewhere in `body`: `body.error`, `body.detail`, or `body` itself. */
  readonly fault?: JsonObject;
}

/**
 * Reads the body of an error: `{"error": {type, code, message, param}}`, `{"error": "code", "error_description": …}`
 * (RFC 6749 §5.2), `{"detail": string | object | array}`, or an object that holds these members itself.
 * Never throws: what is not JSON has no members.
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
    ...optional("code", code),
    ...optional("type", type),
    ...optional("message", message ?? detail ?? msg),
    ...optional("parameter", param),
    fault,
  };
}

// OAuth writes a code here, others a sentence.
function oauthMembers(error: string, fault: JsonObject): ErrorBody {
  const { code, error_description: description, message } = fault;
  const isCode = /^[\w.-]+$/.test(error);
  return {
    ...optional("code", code ?? (isCode ? error : undefined)),
    ...optional("message", description ?? message ?? (isCode ? undefined : error)),
    fault,
  };
}

/** FastAPI's list of validation errors: `[{"loc": ["body", "input", 0], "msg": "Field required", "type": "missing"}]`. */
function validationMembers(detail: readonly JsonValue[]): ErrorBody {
  const [fault] = detail;
  if (!isJsonObject(fault)) return optional("message", fault);
  const { loc, msg, type } = fault;
  const location = Array.isArray(loc) ? loc.join(".") : undefined;
  return {
    ...optional("type", type),
    ...optional("message", typeof msg === "string" && location ? `${location}: ${msg}` : msg),
    ...optional("parameter", location),
    fault,
  };
}

function optional<Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: string } {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? ({ [name]: text } as { [N in Name]: string }) : {};
}
