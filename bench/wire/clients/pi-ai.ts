import { type Context, getModel, stream, type Tool } from "@mariozechner/pi-ai";
import { type Client, MODEL_ID, type Target } from "../client.ts";
import { INSTRUCTIONS, PROMPT, runTool, TOOLS } from "../conversation.ts";

/** `pi-ai` with its provider for the Codex backend and the loop that its users write. */
export function piAi(
  { baseUrl, accessToken }: Target,
  transport: "sse" | "websocket-cached",
): Pick<Client, "converse"> {
  const model = { ...getModel("openai-codex", MODEL_ID), baseUrl };
  const tools = TOOLS.map(
    (offered): Tool => ({ ...offered, parameters: offered.parameters as unknown as Tool["parameters"] }),
  );
  return {
    converse: async () => {
      const messages: Context["messages"] = [{ role: "user", content: PROMPT, timestamp: Date.now() }];
      for (;;) {
        const answer = await stream(
          model,
          { systemPrompt: INSTRUCTIONS, messages, tools },
          { apiKey: accessToken, transport, sessionId: "bench" },
        ).result();
        if (answer.stopReason === "error") throw new Error(answer.errorMessage);
        messages.push(answer);
        const calls = answer.content.filter((part) => part.type === "toolCall");
        if (calls.length === 0) {
          return answer.content.map((part) => (part.type === "text" ? part.text : "")).join("");
        }
        for (const { id, name, arguments: args } of calls) {
          messages.push({
            role: "toolResult",
            toolCallId: id,
            toolName: name,
            content: [{ type: "text", text: runTool(JSON.stringify(args)) }],
            isError: false,
            timestamp: Date.now(),
          });
        }
      }
    },
  };
}
