import type { AxioError, StreamEvent, ToolResultBlock } from "axio";
import type { RetryNotice } from "axio/plugin";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { describeResult } from "../transcript/describe-block.ts";
import { blockEntry } from "../transcript/live-response.ts";
import { shortInput } from "../transcript/tool-call-text.ts";

/** The longest description of a call or failure, in characters. */
const LONGEST_LINE = 200;

/** Writes a run without a terminal: complete text blocks as the answer, and everything else as progress. */
export class PlainProgress {
  readonly #writeAnswer: (text: string) => void;
  readonly #writeProgress: (text: string) => void;
  #endsWithNewline = true;
  #reportedFailure: AxioError | undefined;

  constructor(writeAnswer: (text: string) => void, writeProgress: (text: string) => void) {
    this.#writeAnswer = writeAnswer;
    this.#writeProgress = writeProgress;
  }

  show(event: StreamEvent): void {
    switch (event.type) {
      // Only complete blocks: what a retry discards cannot be removed from a pipe.
      case "block-end": {
        const { block } = event;
        if (block.type === "text" && block.phase !== "commentary") this.#answer(block.text);
        else if (block.type === "text") this.#writeProgress(block.text);
        else if (block.type === "hosted-tool") this.#writeProgress(`* ${block.name}`);
        const entry = blockEntry(block);
        if (entry?.kind === "tool")
          this.#writeProgress(`* ${entry.name} ${cleanLine(shortInput(entry), true).slice(0, LONGEST_LINE)}`);
        break;
      }
      case "tool-result":
        if (event.result.isError) this.#writeProgress(`* ${event.name} failed: ${firstLine(event.result)}`);
        break;
      case "retry":
        // Most retries were reported before.
        if (event.error !== this.#reportedFailure)
          this.#writeProgress(`* ${event.error.message} Retrying (attempt ${event.attempt}).`);
        break;
    }
  }

  /** Shows a retry that the transport reports. It has an event too if the response had begun. */
  showRetry({ attempt, maxRetries, error }: RetryNotice): void {
    this.#reportedFailure = error;
    this.#writeProgress(`* ${error.message} Retrying (${attempt} of ${maxRetries}).`);
  }

  /** Ends the answer with a line feed, like a text file. */
  end(): void {
    if (!this.#endsWithNewline) this.#writeAnswer("\n");
    this.#endsWithNewline = true;
  }

  #answer(text: string): void {
    if (text === "") return;
    this.end();
    const clean = cleanText(text, true);
    this.#writeAnswer(clean);
    this.#endsWithNewline = clean.endsWith("\n");
  }
}

function firstLine(result: ToolResultBlock): string {
  const [line = ""] = describeResult(result).text.trim().split("\n", 1);
  return cleanLine(line, true).slice(0, LONGEST_LINE);
}
