import { appendFileSync } from "node:fs";
import { defineTool, type StreamRequest, type Tool, type ToolEffect, type TransportEvent } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import type { DurableStore } from "axio-durable";
import type { Queries } from "axio-postgres";

/** The effects that tools can have with a store. */
export function effectsOf({ runs }: DurableStore): readonly ToolEffect[] {
  const effects: readonly ToolEffect[] = ["none", "idempotent", "once"];
  return runs.transactToolCall === undefined ? effects : [...effects, "transaction"];
}

/** Calls all tools at once, then ends. Depends on the history only, so that any process can continue. */
function answer({ messages, tools = [] }: StreamRequest): readonly TransportEvent[] {
  const isAnswered = messages.some(({ content }) => content.some(({ type }) => type === "tool-result"));
  if (isAnswered) return textAnswer("All of them are done.");
  return toolAnswer(...tools.map(({ name }) => toolUse(`call-${name}`, name, {})));
}

/** A model without state. */
export function createModel(onEvent: (count: number) => void = () => undefined): ScriptedTransport {
  const streamed: ScriptedAnswer = async function* (request) {
    for (const [count, event] of answer(request).entries()) {
      onEvent(count);
      yield event;
    }
  };
  return new ScriptedTransport(Array.from({ length: 1_000 }, () => streamed));
}

/** A tool of each effect. Each execution adds a line to the file, or a row to the table `effect`. */
export function createTools(
  store: DurableStore,
  file: string,
  onEffect: (when: "before" | "after") => void = () => undefined,
): readonly Tool[] {
  return effectsOf(store).map((effect) =>
    defineTool({
      name: effect,
      description: "Leaves a trace.",
      inputSchema: { type: "object", properties: {} },
      effect,
      execute: async (_input, { idempotencyKey, sql }) => {
        onEffect("before");
        if (effect === "transaction") await (sql as Queries)`INSERT INTO effect VALUES (${idempotencyKey})`;
        else appendFileSync(file, `${effect} ${idempotencyKey}\n`);
        onEffect("after");
        return `did ${effect}`;
      },
    }),
  );
}
