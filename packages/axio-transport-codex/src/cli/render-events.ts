import type { StreamEvent } from "axio";
import { excerpt } from "axio-http";
import type { Channel } from "./channel.ts";
import { formatDuration } from "./duration.ts";
import { escapeControls, escapeLine } from "./terminal-text.ts";

const LONGEST_PREVIEW = 120;

/** Shows a run to a person: the answer on one output, everything else on the other. */
export class EventRenderer {
  readonly #out: Channel;
  readonly #err: Channel;
  /** The block whose text was written last. */
  #textIndex: number | undefined;
  #lastText = "";
  /** The first half of a character that was cut between two deltas. */
  #half = "";
  #isThinking = false;

  constructor(out: Channel, err: Channel) {
    this.#out = out;
    this.#err = err;
  }

  async render(event: StreamEvent): Promise<void> {
    switch (event.type) {
      case "text-delta":
        return this.#text(event.index, event.delta);
      case "reasoning-delta":
        return this.#thought(event.delta);
      case "tool-use-start":
        return this.#note(`calls ${escapeLine(event.name)}`);
      case "tool-output-delta":
        return this.#note(preview(event.delta));
      case "tool-result":
        return this.#note(`${escapeLine(event.name)} ${event.result.isError ? "failed" : "is done"}`);
      case "hosted-tool-start":
        return this.#note(`runs ${escapeLine(event.name).replaceAll("-", " ")}`);
      case "block-end":
        // What has no name here has no event of its own.
        return event.block.type === "opaque"
          ? this.#note(escapeLine(event.block.kind).replaceAll("_", " "))
          : undefined;
      case "image-output":
        return event.partial
          ? undefined
          : this.#note(`made a picture (${escapeLine(event.image.mediaType)}); --json prints it`);
      case "retry":
        return this.#retry(event.delayMs, event.error.message);
      case "iteration-end":
        // Blocks are counted from 0 again.
        this.#textIndex = this.#textIndex === undefined ? undefined : -1;
        return undefined;
      default:
        return undefined;
    }
  }

  /** Ends the open lines. Call it when the run is over, however it ended. */
  async end(): Promise<void> {
    await this.#endThought();
    if (this.#half !== "") await this.#write("");
    // A pipe gets the exact text; a terminal gets its prompt on a new line.
    if (this.#out.isTerminal) await this.#endLine();
  }

  async #text(index: number, delta: string): Promise<void> {
    await this.#endThought();
    if (this.#textIndex !== undefined && index !== this.#textIndex) await this.#endLine();
    this.#textIndex = index;
    await this.#write(delta);
  }

  async #write(delta: string): Promise<void> {
    let text = this.#half + delta;
    this.#half = delta === "" ? "" : (/[\ud800-\udbff]$/.exec(text)?.[0] ?? "");
    if (this.#half !== "") text = text.slice(0, -1);
    if (text === "") return;
    this.#lastText = text;
    await this.#out.write(this.#out.isTerminal ? escapeControls(text) : text);
  }

  async #endLine(): Promise<void> {
    if (this.#lastText === "" || this.#lastText.endsWith("\n")) return;
    this.#lastText = "";
    await this.#out.write("\n");
  }

  async #thought(delta: string): Promise<void> {
    if (!this.#isThinking) {
      await this.#leaveText();
      this.#isThinking = true;
    }
    const text = this.#err.isTerminal ? escapeControls(delta) : delta;
    await this.#err.write(this.#err.style.dim(text));
  }

  async #endThought(): Promise<void> {
    if (!this.#isThinking) return;
    this.#isThinking = false;
    await this.#err.write("\n\n");
  }

  async #note(text: string): Promise<void> {
    await this.#endThought();
    await this.#leaveText();
    const { style } = this.#err;
    await this.#err.line(style.dim(`${style.unicode ? "·" : "-"} ${text}`));
  }

  async #retry(delayMs: number, reason: string): Promise<void> {
    const hasText = this.#lastText !== "";
    await this.#note(`${preview(reason)} Trying again in ${formatDuration(delayMs / 1000)}.`);
    if (!hasText) return;
    await this.#note("The answer starts anew; what stands above is cut off.");
    // Nothing that is written can be taken back. The new text must at least not run into the old one.
    await this.#endLine();
    this.#half = "";
  }

  /** Where both outputs are one terminal, a note must not stand in the middle of the answer's line. */
  async #leaveText(): Promise<void> {
    if (this.#out.isTerminal && this.#err.isTerminal) await this.#endLine();
  }
}

function preview(text: string): string {
  return escapeLine(excerpt(text, LONGEST_PREVIEW));
}
