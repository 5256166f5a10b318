import { type Block, isJsonObject, type JsonObject, type Source } from "axio";
import { RESPONSES_KEY } from "axio-responses";
import { sealBlock, sealProviderData } from "../shared/envelope.ts";

/**
 * Returns the output item of a finished block. A block from the Responses API becomes the item that it was; other blocks become
 * the item of the API that is nearest. What has no such item is sealed in the encrypted content of a `reasoning` item, which
 * clients return unread.
 *
 * @param id The id of the item.
 * @param isCustom Whether the block is a call of a free-form tool.
 */
export function toOutputItem(block: Block, id: string, isCustom: boolean): JsonObject {
  const item = originalItem(block);
  switch (block.type) {
    case "text":
      return messageItem(id, [textPart(block)], phaseOf(block.phase, item));
    case "reasoning":
      return reasoningItem(block, id, item);
    case "tool-use": {
      const text = block.inputText ?? JSON.stringify(block.input);
      const call = {
        id,
        call_id: block.id,
        name: block.name,
        status: "completed",
        ...keep(item, "namespace"),
      };
      return isCustom || item?.["type"] === "custom_tool_call"
        ? { type: "custom_tool_call", ...call, input: typeof block.input === "string" ? block.input : text }
        : { type: "function_call", ...call, arguments: text };
    }
    case "image": {
      const result = block.source.kind === "base64" ? block.source.data : block.source.url;
      return { ...item, type: "image_generation_call", id, status: "completed", result };
    }
    case "hosted-tool":
      if (item !== undefined) return { ...item, id };
      return block.name === "web-search"
        ? {
            type: "web_search_call",
            id,
            status: "completed",
            action: searchAction(block.input, block.sources),
          }
        : sealed(block, id);
    case "opaque":
      return item === undefined ? sealed(block, id) : { ...item, id };
    case "file":
    case "tool-result":
      return sealed(block, id);
  }
}

/** Returns a message of the assistant. */
export function messageItem(
  id: string,
  content: readonly JsonObject[],
  phase: string | undefined,
  status = "completed",
): JsonObject {
  return {
    type: "message",
    id,
    status,
    role: "assistant",
    content,
    ...(phase === undefined ? {} : { phase }),
  };
}

/** Returns an empty part of a message. */
export const EMPTY_TEXT_PART = { type: "output_text", text: "", annotations: [], logprobs: [] } as const;

/** Returns the wire name of the phase of a text. */
export function wirePhase(phase: "commentary" | "final" | undefined): string | undefined {
  return phase === "final" ? "final_answer" : phase;
}

/** Removes the encrypted content of reasoning, which only clients that ask for it get. */
export function withoutEncryptedContent(item: JsonObject): JsonObject {
  if (item["type"] !== "reasoning" || item["encrypted_content"] === undefined) return item;
  const { encrypted_content: _, ...rest } = item;
  return rest;
}

function phaseOf(
  phase: "commentary" | "final" | undefined,
  item: JsonObject | undefined,
): string | undefined {
  const original = item?.["phase"];
  return wirePhase(phase) ?? (typeof original === "string" ? original : undefined);
}

function textPart(block: Block & { type: "text" }): JsonObject {
  if (block.refusal === true) return { type: "refusal", refusal: block.text };
  const part = block.providerData?.[RESPONSES_KEY]?.["part"];
  const annotations =
    isJsonObject(part) && Array.isArray(part["annotations"]) ? part["annotations"] : undefined;
  return {
    ...EMPTY_TEXT_PART,
    text: block.text,
    annotations: annotations ?? citations(block.sources, block.text),
  };
}

function citations(sources: readonly Source[] | undefined, text: string): readonly JsonObject[] {
  return (sources ?? []).map(({ url, title, start = 0, end = text.length }) => ({
    type: "url_citation",
    url,
    title: title ?? url,
    start_index: start,
    end_index: end,
  }));
}

function reasoningItem(
  block: Block & { type: "reasoning" },
  id: string,
  item: JsonObject | undefined,
): JsonObject {
  if (item !== undefined) return { summary: [], ...item, id };
  const summary = block.text === "" ? [] : [{ type: "summary_text", text: block.text }];
  const { providerData } = block;
  return {
    type: "reasoning",
    id,
    summary,
    ...(providerData === undefined ? {} : { encrypted_content: sealProviderData(providerData) }),
  };
}

function sealed(block: Block, id: string): JsonObject {
  return { type: "reasoning", id, summary: [], encrypted_content: sealBlock(block) };
}

function searchAction(input: JsonObject, sources: readonly Source[] | undefined): JsonObject {
  const query = input["query"];
  return {
    type: "search",
    query: typeof query === "string" ? query : "",
    ...(sources === undefined ? {} : { sources: sources.map(({ url }) => ({ type: "url", url })) }),
  };
}

function originalItem(block: Block): JsonObject | undefined {
  const item = block.providerData?.[RESPONSES_KEY]?.["item"];
  return isJsonObject(item) && typeof item["type"] === "string" ? item : undefined;
}

function keep(item: JsonObject | undefined, member: string): JsonObject {
  const value = item?.[member];
  return value === undefined || value === null ? {} : { [member]: value };
}
