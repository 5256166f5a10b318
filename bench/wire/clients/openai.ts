import { OpenAI } from "openai";
import type {
  ResponseInput,
  ResponseInputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { type Client, historyText, MODEL_ID, QUESTION, type Target, timeToText } from "../client.ts";
import { INSTRUCTIONS, PROMPT, runTool, TOOLS } from "../conversation.ts";

/** `openai` with the loop that its users write. */
export function openai({ baseUrl, accessToken, accountId }: Target): Client {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: accessToken,
    maxRetries: 0,
    defaultHeaders: { "chatgpt-account-id": accountId },
  });
  const tools = TOOLS.map(({ name, description, parameters }) => ({
    type: "function" as const,
    name,
    description,
    parameters: { ...parameters },
    strict: false,
  }));
  /** Sends a request and adds the response to the history. */
  async function* answer(
    input: ResponseInput,
    more: { tools?: typeof tools },
  ): AsyncGenerator<ResponseStreamEvent> {
    const stream = await client.responses.create({
      model: MODEL_ID,
      instructions: INSTRUCTIONS,
      input,
      stream: true,
      store: false,
      include: ["reasoning.encrypted_content"],
      ...more,
    });
    for await (const event of stream) {
      yield event;
      if (event.type === "response.output_item.done") input.push(event.item as ResponseInputItem);
    }
  }
  return {
    converse: async () => {
      const input: ResponseInput = [{ role: "user", content: PROMPT }];
      for (;;) {
        const outputs: ResponseInputItem[] = [];
        let text = "";
        for await (const event of answer(input, { tools })) {
          if (event.type === "response.output_text.delta") text += event.delta;
          if (event.type !== "response.output_item.done" || event.item.type !== "function_call") continue;
          const { call_id, arguments: args } = event.item;
          outputs.push({ type: "function_call_output", call_id, output: runTool(args) });
        }
        if (outputs.length === 0) return text;
        input.push(...outputs);
      }
    },
    chat: (historyCharacters) => {
      const history: ResponseInput =
        historyCharacters === 0
          ? []
          : [
              { role: "user", content: historyText(historyCharacters) },
              { role: "assistant", content: "Noted." },
            ];
      return () => {
        const startedAt = performance.now();
        const input: ResponseInput = [...history];
        input.push({ role: "user", content: QUESTION });
        return timeToText(textOf(answer(input, {})), startedAt);
      };
    },
  };
}

async function* textOf(events: AsyncIterable<ResponseStreamEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === "response.output_text.delta") yield event.delta;
  }
}
