import { AxioError, type Block, isJsonObject, type JsonObject, type JsonValue, type Message } from "axio";
import { blockIn, providerDataIn } from "../metadata.ts";
import { fromUIOutput } from "./tool-output.ts";

/**
 * Converts the messages that a page of the AI SDK sends to a history: text, files, reasoning, tool calls with their results.
 * Run an agent over it with an empty prompt. The messages come from a client: everything is checked, and a client can put
 * words into the model's mouth. Keep the conversation on the server if that matters.
 *
 * A call without a result, of a message that was stopped, gets one that says so. Sources, data and steps of the page are left
 * out.
 *
 * @throws AxioError `invalid-argument` for anything that is no UI message, for a message with the role `system`, and for a
 *   file whose URL is not `data:` or `https:`.
 */
export function fromUIMessages(messages: unknown): readonly Message[] {
  if (!Array.isArray(messages)) throw invalid("The messages are no list.");
  return messages.flatMap((message: unknown, index) => readMessage(message, `messages[${index}]`));
}

function readMessage(message: unknown, place: string): readonly Message[] {
  if (!isJsonObject(message) || !Array.isArray(message["parts"])) throw invalid(`${place} is no UI message.`);
  const parts = message["parts"].map((part: unknown, index): JsonObject => {
    if (isJsonObject(part) && typeof part["type"] === "string") return part;
    throw invalid(`${place}.parts[${index}] is no part of a UI message.`);
  });
  switch (message["role"]) {
    case "user": {
      const content = parts.flatMap((part) => readUserPart(part, place));
      return content.length === 0 ? [] : [{ role: "user", content }];
    }
    case "assistant":
      return readSteps(parts, place);
    default:
      throw invalid(
        `${place} has the role ${JSON.stringify(message["role"])}. Give instructions to the agent.`,
      );
  }
}

function readUserPart(part: JsonObject, place: string): readonly Block[] {
  if (part["type"] === "text") return [{ type: "text", text: textIn(part, place) }];
  return part["type"] === "file" ? [readFile(part, place)] : [];
}

/** The parts of a message are the steps of a run: content, and the results of its tools. */
function readSteps(parts: readonly JsonObject[], place: string): readonly Message[] {
  const steps: JsonObject[][] = [[]];
  for (const part of parts)
    if (part["type"] === "step-start") steps.push([]);
    else steps.at(-1)?.push(part);
  return steps.flatMap((step): readonly Message[] => {
    const content = step.flatMap((part) => readAssistantPart(part, place));
    const results = step.flatMap((part) => readResult(part));
    if (content.length === 0) return [];
    return [
      { role: "assistant", content },
      ...(results.length === 0 ? [] : [{ role: "user" as const, content: results }]),
    ];
  });
}

function readAssistantPart(part: JsonObject, place: string): readonly Block[] {
  const metadata = part["providerMetadata"];
  const data = dataOf(metadata);
  const type = String(part["type"]);
  switch (type) {
    case "text":
      return [{ type, text: textIn(part, place), ...data }];
    case "reasoning":
      return [{ type, text: textIn(part, place), ...data }];
    case "file":
      return [{ ...readFile(part, place), ...data }];
    case "data-axio-block": {
      const block = blockIn({ axio: { block: part["data"] ?? null } });
      return block?.type === "reasoning" || block?.type === "opaque" ? [block] : [];
    }
  }
  const name = toolNameOf(part);
  if (name === undefined) return [];
  const call = part["callProviderMetadata"];
  if (part["providerExecuted"] === true) {
    const block = blockIn(call);
    return block?.type === "hosted-tool" ? [block] : [];
  }
  // Its input never became complete.
  if (part["state"] === "input-streaming") return [];
  return [{ type: "tool-use", id: callIdOf(part, place), name, input: inputOf(part), ...dataOf(call) }];
}

const STOPPED = "The run was stopped before this call had a result.";
const DENIED = "The user did not allow this call.";

function readResult(part: JsonObject): readonly Block[] {
  const toolCallId = part["toolCallId"];
  if (toolNameOf(part) === undefined || part["providerExecuted"] === true || typeof toolCallId !== "string")
    return [];
  switch (part["state"]) {
    case "input-streaming":
      return [];
    case "output-available":
      return [{ type: "tool-result", toolCallId, content: fromUIOutput(part["output"]) }];
    case "output-error":
      return [
        { type: "tool-result", toolCallId, content: String(part["errorText"] ?? STOPPED), isError: true },
      ];
    case "output-denied":
      return [{ type: "tool-result", toolCallId, content: DENIED, isError: true }];
    default:
      return [{ type: "tool-result", toolCallId, content: STOPPED, isError: true }];
  }
}

function toolNameOf(part: JsonObject): string | undefined {
  if (part["type"] === "dynamic-tool")
    return typeof part["toolName"] === "string" ? part["toolName"] : undefined;
  return /^tool-(?<name>.+)$/s.exec(String(part["type"]))?.groups?.["name"];
}

function callIdOf(part: JsonObject, place: string): string {
  if (typeof part["toolCallId"] === "string") return part["toolCallId"];
  throw invalid(`A tool call in ${place} has no toolCallId.`);
}

function inputOf(part: JsonObject): JsonValue {
  // The input of a call that failed its check.
  return part["input"] ?? part["rawInput"] ?? {};
}

function dataOf(metadata: unknown): Pick<Block, "providerData"> {
  const providerData = providerDataIn(metadata);
  return providerData === undefined ? {} : { providerData };
}

function textIn(part: JsonObject, place: string): string {
  if (typeof part["text"] === "string") return part["text"];
  throw invalid(`A part in ${place} has no text.`);
}

function readFile(part: JsonObject, place: string): Block {
  const { url, mediaType, filename } = part;
  if (typeof url !== "string" || typeof mediaType !== "string")
    throw invalid(`A file in ${place} has no URL or no media type.`);
  const data = /^data:[^,]*;base64,(?<data>.*)$/s.exec(url)?.groups?.["data"];
  if (data === undefined && !/^https:\/\//i.test(url))
    throw invalid(`A file in ${place} has a URL that is neither base64 data nor https.`);
  const source = data === undefined ? ({ kind: "url", url } as const) : ({ kind: "base64", data } as const);
  if (/^image\//i.test(mediaType)) return { type: "image", mediaType, source };
  return { type: "file", mediaType, source, ...(typeof filename === "string" ? { name: filename } : {}) };
}

function invalid(message: string): AxioError {
  return new AxioError("invalid-argument", `${message} Send the messages as useChat has them.`);
}
