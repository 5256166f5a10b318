import { AxioError, type StreamRequest, type TransportEvent, userMessage } from "axio";

/** Returns a request whose prompt is a script for the simulator. */
export function asking(prompt: string, rest: Partial<StreamRequest> = {}): StreamRequest {
  return { system: "You are a test.", messages: [userMessage(prompt)], tools: [], ...rest };
}

/** Collects all events of a call. */
export async function collect(stream: AsyncIterable<TransportEvent>): Promise<readonly TransportEvent[]> {
  const events: TransportEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Returns the final text of a call, without discarded blocks. */
export async function textOf(stream: AsyncIterable<TransportEvent>): Promise<string> {
  let text = "";
  for await (const event of stream) {
    if (event.type === "retry") text = "";
    if (event.type === "text-delta") text += event.delta;
  }
  return text;
}

/** Returns the `AxioError` that a task throws. */
export async function failureOf(task: Promise<unknown> | (() => unknown)): Promise<AxioError> {
  try {
    await (typeof task === "function" ? task() : task);
  } catch (error) {
    if (AxioError.is(error)) return error;
    throw error;
  }
  throw new Error("The task was expected to throw, and did not.");
}
