import {
  AxioError,
  type CompletionTransport,
  defineTool,
  type JsonObject,
  ModelRegistry,
  type ModelSpec,
  type StreamEvent,
  type StreamRequest,
  type Tool,
  type ToolOptions,
  type ToolResultBlock,
  type TransportEvent,
} from "axio";

/** A promise and the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Returns a promise that never settles. */
export function never<T = never>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** Waits until all pending promise callbacks have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Reads a stream to the end and returns its events and its error. */
export async function read(
  stream: AsyncIterable<StreamEvent>,
  onEvent: (event: StreamEvent) => void = () => undefined,
): Promise<{ readonly events: readonly StreamEvent[]; readonly error: AxioError | undefined }> {
  const events: StreamEvent[] = [];
  try {
    for await (const event of stream) {
      events.push(event);
      onEvent(event);
    }
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    return { events, error };
  }
  return { events, error: undefined };
}

/** Returns the error of a promise. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("Expected it to fail, but it did not.");
}

/** Creates a tool that accepts any object. */
export function anyTool(
  name: string,
  execute: ToolOptions<JsonObject>["execute"],
  options: Partial<
    Pick<ToolOptions<JsonObject>, "guards" | "concurrency" | "maxResultBytes" | "timeoutMs">
  > = {},
): Tool {
  return defineTool<JsonObject>({
    name,
    description: `The tool ${name}.`,
    inputSchema: { type: "object" },
    execute,
    ...options,
  });
}

/** Returns the tool results among events, in the order of the events. */
export function toolResults(events: readonly StreamEvent[]): readonly ToolResultBlock[] {
  return events.flatMap((event) => (event.type === "tool-result" ? [event.result] : []));
}

const MODEL: ModelSpec = { id: "model", capabilities: ["text", "tool-use"] };

/** Creates a transport from its `stream()`. */
export function transportOf(
  stream: (request: StreamRequest) => AsyncIterable<TransportEvent>,
): CompletionTransport {
  return { name: "Test", model: MODEL, models: new ModelRegistry([MODEL]), stream };
}
