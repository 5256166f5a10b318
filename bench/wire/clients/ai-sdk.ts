import { createOpenAI } from "@ai-sdk/openai";
import { jsonSchema, stepCountIs, streamText, tool } from "ai";
import { type Client, MODEL_ID, type Target } from "../client.ts";
import { INSTRUCTIONS, PROMPT, runTool, TOOLS, TURNS } from "../conversation.ts";

/** `ai` with its provider for OpenAI and its own loop. */
export function aiSdk({ baseUrl, accessToken, accountId }: Target): Pick<Client, "converse"> {
  const provider = createOpenAI({
    baseURL: baseUrl,
    apiKey: accessToken,
    headers: { "chatgpt-account-id": accountId },
  });
  const tools = Object.fromEntries(
    TOOLS.map(({ name, description, parameters }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema<Record<string, string>>(parameters),
        execute: (input) => runTool(JSON.stringify(input)),
      }),
    ]),
  );
  return {
    converse: async () => {
      const result = streamText({
        model: provider.responses(MODEL_ID),
        system: INSTRUCTIONS,
        prompt: PROMPT,
        tools,
        stopWhen: stepCountIs(2 * TURNS),
        maxRetries: 0,
        providerOptions: { openai: { store: false } },
        onError: ({ error }) => {
          throw error;
        },
      });
      return await result.text;
    },
  };
}
