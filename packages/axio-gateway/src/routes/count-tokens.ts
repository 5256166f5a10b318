import { estimateTokens, type StreamRequest } from "axio";

/** Estimates the input tokens of a request: instructions, tools and messages. */
export function countTokens({ system, messages, tools }: StreamRequest): number {
  const texts = [
    system,
    ...tools.map(({ name, description, inputSchema }) => JSON.stringify([name, description, inputSchema])),
  ];
  const instructions = { role: "user", content: [{ type: "text", text: texts.join("\n") }] } as const;
  return estimateTokens([instructions, ...messages]);
}
