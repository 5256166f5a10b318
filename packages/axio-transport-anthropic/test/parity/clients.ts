import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { AxioError, userMessage } from "axio";
import { ScriptedServer } from "../support/server.ts";
import type { ParityCase } from "./cases.ts";

const MODEL = "claude-opus-4-6";
const KEY = "sk-ant-api03-0123456789abcdef";

/** The result of one client, in one line: what it did, what it gave out, how it ended. */
export type Client = (parityCase: ParityCase) => Promise<string>;

/** Runs a case with axio. Failures are retried once. */
export const runAxio: Client = async ({ script, title }) => {
  const server = new ScriptedServer(...script);
  const transport = server.transport({ model: MODEL, retry: { maxRetries: 1 } });
  const parts: string[] = [];
  let shown = "";
  let end = "";
  try {
    for await (const event of transport.stream({ system: "", messages: [userMessage("Hi")], tools: [] })) {
      if (event.type === "retry") {
        shown = "";
        parts.push("retries");
      }
      if (event.type === "text-delta") shown += event.delta;
      if (event.type === "block-end" && event.block.type === "tool-use") {
        const { name, input, inputText } = event.block;
        shown += `${name} ${JSON.stringify(input)}${input === null ? ` from ${JSON.stringify(inputText)}` : ""}`;
      }
      if (event.type === "step-end") end = event.stopReason;
      if (event.type === "step-end" && title.startsWith("usage")) {
        end += ` · ${event.usage.inputTokens} in, ${event.usage.outputTokens} out`;
      }
    }
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    end = `throws \`${error.code}\``;
  }
  return summary(parts, shown, end, server);
};

/** Runs a case with the official client. */
export const runOfficial: Client = async ({ script, title }) => {
  const server = new ScriptedServer(...script);
  const client = new Anthropic({ apiKey: KEY, fetch: server.fetch as typeof fetch });
  let shown = "";
  let end = "";
  try {
    const stream = client.messages.stream({
      model: MODEL,
      max_tokens: 100,
      messages: [{ role: "user", content: "Hi" }],
    });
    const message = await stream.finalMessage();
    for (const block of message.content) {
      if (block.type === "text") shown += block.text;
      if (block.type === "tool_use") shown += `${block.name} ${JSON.stringify(block.input)}`;
    }
    end = message.stop_reason ?? "no stop reason";
    if (title.startsWith("usage")) {
      const {
        input_tokens: fresh,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written,
        output_tokens: out,
      } = message.usage;
      end += ` · ${fresh + (read ?? 0) + (written ?? 0)} in, ${out} out`;
    }
  } catch (error) {
    end = `throws "${firstWords(error)}"`;
  }
  return summary([], shown, end, server);
};

/** Runs a case with the provider of the AI SDK. */
export const runAiSdk: Client = async ({ script, title }) => {
  const server = new ScriptedServer(...script);
  const provider = createAnthropic({ apiKey: KEY, fetch: server.fetch as typeof fetch });
  const parts: string[] = [];
  let shown = "";
  let end = "no end, no error";
  try {
    const { stream } = await provider
      .languageModel(MODEL)
      .doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] });
    for await (const part of stream) {
      if (part.type === "text-delta") shown += part.delta;
      if (part.type === "tool-call") shown += `${part.toolName} ${part.input}`;
      if (part.type === "error") parts.push(`error part "${firstWords(part.error)}"`);
      if (part.type === "finish") {
        end = typeof part.finishReason === "string" ? part.finishReason : part.finishReason.unified;
        const { inputTokens, outputTokens } = part.usage;
        if (title.startsWith("usage")) end += ` · ${totalOf(inputTokens)} in, ${totalOf(outputTokens)} out`;
      }
    }
  } catch (error) {
    end = `throws "${firstWords(error)}"`;
  }
  return summary(parts, shown, end, server);
};

function summary(parts: readonly string[], shown: string, end: string, { requests }: ScriptedServer): string {
  const isRetried = parts.includes("retries");
  const count = requests.length > 1 && !isRetried ? [`${requests.length} requests`] : [];
  return [...parts, ...(shown === "" ? [] : [shown]), end, ...count].join(" · ");
}

function totalOf(tokens: unknown): unknown {
  return typeof tokens === "object" && tokens !== null && "total" in tokens ? tokens.total : tokens;
}

function firstWords(error: unknown): string {
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  const line = (message.split("\n")[0] ?? "").replaceAll("|", "/");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
