import { type HostedToolBlock, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { parseJson, readObject, readObjects, readText } from "../json-members.ts";
import type { ContentBlocks } from "./content-blocks.ts";
import { pages } from "./sources.ts";

/** The names of Groq's tools. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["search", "web-search"],
  ["visit", "web-search"],
  ["python", "code-interpreter"],
]);

interface HostedRun {
  readonly index: number;
  readonly block: HostedToolBlock;
  isEnded: boolean;
}

/** The tools that the server ran, as Groq reports them in `executed_tools`: when it starts one, and with its output. */
export class HostedTools {
  readonly #blocks: ContentBlocks;
  readonly #runs = new Map<unknown, HostedRun>();

  constructor(blocks: ContentBlocks) {
    this.#blocks = blocks;
  }

  add(tools: unknown, out: TransportEvent[]): void {
    for (const [position, tool] of readObjects(tools).entries()) {
      const key = tool["index"] ?? position;
      const block = toBlock(tool);
      const known = this.#runs.get(key);
      if (known?.isEnded === true) continue;
      const run = {
        index: known?.index ?? this.#blocks.begin(out),
        block,
        isEnded: block.output !== undefined,
      };
      this.#runs.set(key, run);
      if (known === undefined) out.push({ type: "hosted-tool-start", index: run.index, name: block.name });
      if (run.isEnded) out.push({ type: "block-end", index: run.index, block });
    }
  }

  /** Ends the tools that reported no output. */
  finish(out: TransportEvent[]): void {
    for (const { index, block, isEnded } of this.#runs.values()) {
      if (!isEnded) out.push({ type: "block-end", index, block });
    }
    this.#runs.clear();
  }
}

function toBlock(tool: JsonObject): HostedToolBlock {
  const type = readText(tool["type"]) ?? "tool";
  const input = parseJson(readText(tool["arguments"]) ?? "");
  const output = readText(tool["output"]);
  const sources = pages(readObjects(readObject(tool["search_results"])?.["results"]));
  return {
    type: "hosted-tool",
    name: NAMES.get(type) ?? type,
    input: isJsonObject(input) ? input : {},
    output,
    sources: sources.length === 0 ? undefined : sources,
  };
}
