import { appendFileSync } from "node:fs";
import { defineTool, type StreamRequest, type Tool, type ToolEffect, type TransportEvent } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";

const EFFECTS: readonly ToolEffect[] = ["none", "idempotent", "once"];

/** Calls all tools at once, then ends. Depends on the history only, so that any process can continue. */
function answer({ messages }: StreamRequest): readonly TransportEvent[] {
  const isAnswered = messages.some(({ content }) => content.some(({ type }) => type === "tool-result"));
  if (isAnswered) return textAnswer("All three are done.");
  return toolAnswer(...EFFECTS.map((effect) => toolUse(`call-${effect}`, `do_${effect}`, { effect })));
}

/** A model without state. */
export function createModel(onEvent: (count: number) => void = () => undefined): ScriptedTransport {
  const streamed: ScriptedAnswer = async function* (request) {
    for (const [count, event] of answer(request).entries()) {
      onEvent(count);
      yield event;
    }
  };
  return new ScriptedTransport(Array.from({ length: 10 }, () => streamed));
}

/** A tool of each effect. Each execution adds a line to the file. */
export function createTools(
  file: string,
  onEffect: (when: "before" | "after") => void = () => undefined,
): readonly Tool[] {
  return EFFECTS.map((effect) =>
    defineTool({
      name: `do_${effect}`,
      description: "Adds a line to a file.",
      inputSchema: { type: "object", properties: {} },
      effect,
      execute: (_input, { idempotencyKey }) => {
        onEffect("before");
        appendFileSync(file, `${effect} ${idempotencyKey}\n`);
        onEffect("after");
        return `did ${effect}`;
      },
    }),
  );
}
