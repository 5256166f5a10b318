import type { StreamEvent } from "axio";
import { encodeBytes, readableRun } from "axio/internal";
import { ChunkEncoder, type UIMessageStreamOptions } from "./chunk-encoder.ts";
import type { UIChunk } from "./chunks.ts";

/** Options of {@link toUIMessageStreamResponse}. */
export interface UIMessageStreamResponseOptions extends UIMessageStreamOptions {
  /** More headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Returns a run as a UI message stream of the AI SDK, for `createUIMessageStream`, `readUIMessageStream` and stores of your
 * own. Canceling the stream aborts the run. A failed run ends with an `error` chunk, an aborted one with `abort`; only a run
 * that ended well has `finish`.
 */
export function toUIMessageStream(
  run: AsyncIterable<StreamEvent>,
  options: UIMessageStreamOptions = {},
): ReadableStream<UIChunk> {
  return readableRun(run, new ChunkEncoder(options));
}

/**
 * Returns a run as the response that `useChat` of the AI SDK reads. When the client leaves, the run is aborted: give the
 * signal of the request to `runStream()` too.
 *
 * @example
 * ```ts
 * import { Agent, MemoryContextStore } from "axio";
 * import { fromUIMessages, toUIMessageStreamResponse } from "axio-ai-sdk/ui";
 * import { ScriptedTransport, textAnswer } from "axio/testing";
 *
 * const agent = new Agent({ transport: new ScriptedTransport([textAnswer("Hello")]) });
 * async function handleChat(request: Request): Promise<Response> {
 *   const { messages } = (await request.json()) as { messages: unknown };
 *   const context = new MemoryContextStore(fromUIMessages(messages));
 *   return toUIMessageStreamResponse(agent.runStream([], { context, signal: request.signal }));
 * }
 * ```
 */
export function toUIMessageStreamResponse(
  run: AsyncIterable<StreamEvent>,
  { headers = {}, ...options }: UIMessageStreamResponseOptions = {},
): Response {
  const lines = encodeBytes(
    new ChunkEncoder(options),
    (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
    "data: [DONE]\n\n",
  );
  return new Response(readableRun(run, lines), {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
      "X-Vercel-AI-UI-Message-Stream": "v1",
      // Some proxies collect a response otherwise.
      "X-Accel-Buffering": "no",
      ...headers,
    },
  });
}
