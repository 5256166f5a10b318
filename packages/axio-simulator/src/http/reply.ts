import type { Frame } from "../stream/frames.ts";
import type { Framing } from "../stream/framing.ts";

/** A complete reply. */
export interface PlainReply {
  readonly kind: "plain";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Declares the length of the whole body, sends half of it and cuts the connection. Default: false. */
  readonly truncated?: boolean;
}

/** An event stream. */
export interface StreamReply {
  readonly kind: "stream";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: readonly Frame[];
  readonly framing: Framing;
}

/** No response: the connection is reset, closed, or left open. */
export interface SilentReply {
  readonly kind: "reset" | "close" | "stall";
}

/** The reply of a handler. */
export type Reply = PlainReply | StreamReply | SilentReply;

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): PlainReply {
  return {
    kind: "plain",
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

export function htmlReply(status: number, body: string, headers: Record<string, string> = {}): PlainReply {
  return {
    kind: "plain",
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
    body,
  };
}

export function redirectReply(location: string): PlainReply {
  return { kind: "plain", status: 302, headers: { location, "cache-control": "no-store" }, body: "" };
}

/** The platform's error dialect: `{"error":{message,type,code,param}}`. */
export function errorReply(
  status: number,
  error: { message: string; type?: string | null; code?: string | null; param?: string | null },
): PlainReply {
  const { message, type = "invalid_request_error", code = null, param = null } = error;
  return jsonReply(status, { error: { message, type, code, param } });
}

/** The other error dialect of the ChatGPT backend: `{"detail": string | object}`. */
export function detailReply(status: number, detail: unknown): PlainReply {
  return jsonReply(status, { detail });
}
