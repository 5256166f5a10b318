import type { Block, JsonObject, StopReason } from "axio";
import { sealBlock, sealProviderData } from "../shared/envelope.ts";

/**
 * Returns the content blocks of a finished block, in the terms of the Messages API. Reasoning becomes `thinking`, whose signature
 * holds the data of its provider. What has no such block is sealed in `redacted_thinking`, which clients return unread.
 */
export function toContentBlocks(block: Block): readonly JsonObject[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [{ type: "text", text: block.text, citations: null }];
    case "reasoning":
      return [
        block.text === ""
          ? { type: "redacted_thinking", data: sealBlock(block) }
          : { type: "thinking", thinking: block.text, signature: signatureOf(block) },
      ];
    case "tool-use":
      return [{ type: "tool_use", id: block.id, name: block.name, input: inputOf(block) }];
    case "hosted-tool":
      return block.name === "web-search"
        ? searchBlocks(block)
        : [{ type: "redacted_thinking", data: sealBlock(block) }];
    default:
      return [{ type: "redacted_thinking", data: sealBlock(block) }];
  }
}

/** Returns the signature of a `thinking` block. */
export function signatureOf(block: Block & { type: "reasoning" }): string {
  return sealProviderData(block.providerData ?? {});
}

/** Returns the name of the API for why a response ended. */
export function wireStopReason(reason: StopReason): string {
  return STOP_REASONS[reason];
}

const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  end: "end_turn",
  "tool-use": "tool_use",
  "max-output-tokens": "max_tokens",
  "content-filter": "refusal",
  refusal: "refusal",
  incomplete: "max_tokens",
};

/** The API's input is an object. Other input is wrapped, so that the client sees what the model wrote. */
function inputOf({ input, inputText }: Block & { type: "tool-use" }): JsonObject[string] {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  return { input: typeof input === "string" ? input : (inputText ?? input) };
}

function searchBlocks(block: Block & { type: "hosted-tool" }): readonly JsonObject[] {
  const sealed = sealBlock(block);
  const item = block.providerData?.["responses"]?.["item"];
  const original = typeof item === "object" && item !== null && "id" in item ? item["id"] : undefined;
  const id = `srvtoolu_${typeof original === "string" ? original.replaceAll(/[^A-Za-z0-9]/g, "") : "search"}`;
  const query = block.input["query"];
  const results = (block.sources ?? []).map(({ url, title }, index) => ({
    type: "web_search_result",
    url,
    title: title ?? url,
    encrypted_content: index === 0 ? sealed : "",
    page_age: null,
  }));
  const call = {
    type: "server_tool_use",
    id,
    name: "web_search",
    input: { query: typeof query === "string" ? query : "" },
  };
  // Without results there is no place for the sealed block but one that is not shown.
  return results.length === 0
    ? [
        call,
        { type: "web_search_tool_result", tool_use_id: id, content: [] },
        { type: "redacted_thinking", data: sealed },
      ]
    : [call, { type: "web_search_tool_result", tool_use_id: id, content: results }];
}
