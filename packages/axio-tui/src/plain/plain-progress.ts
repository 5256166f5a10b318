import type { StreamEvent, ToolResultBlock } from "axio";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { describeResult } from "../transcript/describe-block.ts";
import { toolArguments } from "../transcript/tool-call-text.ts";

/** How much of a tool's failure is told, in characters. */
const LONGEST_FAILURE = 200;

/** Writes a run without a terminal: the answer's blocks as they become whole, and what happens on the way in short lines. */
export class PlainProgress {
  readonly #answer: (text: string) => void;
  readonly #tell: (text: string) => void;
  #endsWithNewline = true;

  constructor(answer: (text: string) => void, tell: (text: string) => void) {
    this.#answer = answer;
    this.#tell = tell;
  }

  show(event: StreamEvent): void {
    switch (event.type) {
      // Whole blocks only: what a retry takes back cannot be taken back from a pipe.
      case "block-end": {
        const { block } = event;
        if (block.type === "text") {
          if (block.phase === "commentary") this.#tell(block.text);
          else this.#write(block.text);
        } else if (block.type === "tool-use") {
          const said = toolArguments({
            kind: "tool",
            id: 0,
            toolCallId: block.id,
            name: block.name,
            state: "running",
            inputText: "",
            input: block.input,
            output: "",
            attachments: [],
          });
          this.#tell(`* ${block.name} ${cleanLine(said, true).slice(0, 200)}`);
        } else if (block.type === "hosted-tool") this.#tell(`* ${block.name}`);
        break;
      }
      case "tool-result":
        if (event.result.isError) this.#tell(`* ${event.name} failed: ${firstRow(event.result)}`);
        break;
      case "retry":
        this.#tell(`* ${event.error.message} Trying again (${event.attempt}).`);
        break;
    }
  }

  /** Ends the answer with a line feed, as text files do. */
  end(): void {
    if (!this.#endsWithNewline) this.#answer("\n");
    this.#endsWithNewline = true;
  }

  #write(text: string): void {
    if (text === "") return;
    this.end();
    const clean = cleanText(text, true);
    this.#answer(clean);
    this.#endsWithNewline = clean.endsWith("\n");
  }
}

function firstRow(result: ToolResultBlock): string {
  const [row = ""] = describeResult(result).text.trim().split("\n", 1);
  return cleanLine(row, true).slice(0, LONGEST_FAILURE);
}
