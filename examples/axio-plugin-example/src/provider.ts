import {
  type CompletionTransport,
  ModelRegistry,
  type ModelSpec,
  messageText,
  type StreamRequest,
  type TransportEvent,
  throwIfAborted,
} from "axio";
import type { Provider } from "axio/plugin";

const PARROT: ModelSpec = { id: "parrot", capabilities: ["text", "tool-use"], contextWindow: 10_000 };

/** A provider without a server: it repeats the prompt, and calls the clock if the prompt asks for the time. */
export const provider: Provider = {
  title: "Echo",
  createTransport: () => new EchoTransport(),
};

class EchoTransport implements CompletionTransport {
  readonly name = "Echo";
  readonly model: ModelSpec = PARROT;
  readonly models: ModelRegistry = new ModelRegistry([PARROT]);

  async *stream({ messages, tools, signal }: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    throwIfAborted(signal);
    const last = messages.at(-1);
    const result = last?.content.find((block) => block.type === "tool-result");
    const text = last === undefined ? "" : messageText(last);
    if (result !== undefined) yield* say(`It is ${textOf(result.content)}.`);
    else if (/\btime\b/i.test(text) && tools.some(({ name }) => name === "now")) yield* callClock();
    else yield* say(text);
  }
}

function* say(text: string): Iterable<TransportEvent> {
  for (const word of text.match(/\S+\s*/g) ?? []) yield { type: "text-delta", index: 0, delta: word };
  yield { type: "block-end", index: 0, block: { type: "text", text } };
  yield end("end");
}

function* callClock(): Iterable<TransportEvent> {
  const id = `call-${Date.now()}`;
  yield { type: "tool-use-start", index: 0, toolCallId: id, name: "now" };
  yield { type: "block-end", index: 0, block: { type: "tool-use", id, name: "now", input: {} } };
  yield end("tool-use");
}

function end(stopReason: "end" | "tool-use"): TransportEvent {
  return {
    type: "step-end",
    stopReason,
    usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 },
  };
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}
