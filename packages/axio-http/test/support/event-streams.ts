import { type HttpResponse, readServerSentEvents } from "../../src/index.ts";

/** Returns all events of a response. */
export async function collect(response: HttpResponse, options = {}): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of readServerSentEvents(response, options)) all.push(...batch);
  return all;
}

/** A response whose bytes the test sends. */
export function handFedResponse(): {
  readonly response: Response;
  readonly send: (text: string) => void;
  readonly end: () => void;
  readonly cancelled: () => unknown;
} {
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  let reason: unknown;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
    },
    cancel(given) {
      reason = given ?? "left";
    },
  });
  return {
    response: new Response(body),
    send: (text) => source?.enqueue(new TextEncoder().encode(text)),
    end: () => source?.close(),
    cancelled: () => reason,
  };
}

/** A body that sends the given texts and never ends. */
export function hangingBody(...texts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
    },
  });
}
