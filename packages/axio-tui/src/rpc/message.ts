import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { toAxioError } from "axio/internal";
import { errorToJson } from "../headless/event-json.ts";
import type { InputLine } from "./read-lines.ts";

/** The error codes of JSON-RPC 2.0, and `failed` for errors of axio, which stand in `data`. */
export const RPC_ERRORS = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  failed: -32000,
} as const;

/** Identifies a request. */
export type RpcId = string | number;

/** A request that cannot be answered with a result. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A line of the client. */
export type ClientMessage =
  | {
      readonly type: "request";
      readonly id?: RpcId | undefined;
      readonly method: string;
      readonly params: JsonObject;
    }
  | { readonly type: "response"; readonly id: RpcId; readonly result: JsonValue | undefined }
  | { readonly type: "bad"; readonly id: RpcId | null; readonly error: RpcError };

/** Reads a line of the client. `undefined` for an empty line. */
export function readMessage(line: InputLine): ClientMessage | undefined {
  if (line === undefined) return bad(null, RPC_ERRORS.invalidRequest, "The line is longer than 64 MB.");
  if (line.trim() === "") return undefined;
  let value: unknown;
  try {
    // Some programs write a byte order mark before their first line.
    value = JSON.parse(line.replace(/^\ufeff/, ""));
  } catch {
    return bad(null, RPC_ERRORS.parse, "The line is not JSON. Send one JSON object on each line.");
  }
  if (!isJsonObject(value))
    return bad(null, RPC_ERRORS.invalidRequest, "The line is not an object. Send requests one by one.");
  const { id, method, params = {} } = value;
  const isId = typeof id === "string" || typeof id === "number";
  if (id !== undefined && !isId)
    return bad(null, RPC_ERRORS.invalidRequest, "The id is neither a string nor a number.");
  if (typeof method === "string") {
    if (!isJsonObject(params)) return bad(id ?? null, RPC_ERRORS.invalidParams, "params is not an object.");
    return { type: "request", id, method, params };
  }
  if (method === undefined && id !== undefined && ("result" in value || "error" in value))
    return { type: "response", id, result: value["result"] };
  return bad(id ?? null, RPC_ERRORS.invalidRequest, "The message has no method.");
}

/** The response to a request that failed. */
export function errorResponse(id: RpcId | null, thrown: unknown): JsonObject {
  if (thrown instanceof RpcError)
    return { jsonrpc: "2.0", id, error: { code: thrown.code, message: thrown.message } };
  const error = toAxioError(thrown);
  const code = AxioError.is(error, "invalid-argument") ? RPC_ERRORS.invalidParams : RPC_ERRORS.failed;
  return { jsonrpc: "2.0", id, error: { code, message: error.message, data: errorToJson(error) } };
}

function bad(id: RpcId | null, code: number, message: string): ClientMessage {
  return { type: "bad", id, error: new RpcError(code, message) };
}
