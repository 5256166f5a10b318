import type { IncomingMessage } from "node:http";
import { decompress } from "fzstd";
import { parseJson } from "../json.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** A body that cannot be decoded. */
export class UndecodableBodyError extends Error {
  override readonly name = "UndecodableBodyError";
}

/** Reads a request to its end. One whose body cannot be decoded is recorded too. */
export async function readRequest(
  message: IncomingMessage,
  number: number,
): Promise<{ request: RecordedRequest; problem: UndecodableBodyError | undefined }> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { body, problem } = decodeBody(Buffer.concat(chunks), message.headers["content-encoding"]);
  return { request: recordedRequest(message, number, body), problem };
}

/** The record of a message and its body. */
export function recordedRequest(message: IncomingMessage, number: number, body: string): RecordedRequest {
  const url = new URL(message.url ?? "/", "http://localhost");
  return {
    number,
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: headersOf(message),
    body,
    json: parseJson(body),
    status: undefined,
  };
}

/** The headers of a message with one value for each name. */
export function headersOf(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]),
  );
}

function decodeBody(
  bytes: Buffer,
  encoding: string | undefined,
): { body: string; problem: UndecodableBodyError | undefined } {
  if (encoding !== undefined && encoding !== "identity" && encoding !== "zstd") {
    return { body: "", problem: new UndecodableBodyError(`Unsupported Content-Encoding: ${encoding}`) };
  }
  try {
    const decoded = encoding === "zstd" ? Buffer.from(decompress(bytes)) : bytes;
    return { body: new TextDecoder("utf-8", { fatal: true }).decode(decoded), problem: undefined };
  } catch (cause) {
    return { body: "", problem: new UndecodableBodyError("The body cannot be decoded.", { cause }) };
  }
}
