import type { StreamEvent } from "axio";
import { truncateForMessage } from "axio-http";
import type { Channel } from "./channel.ts";
import { formatDuration } from "./duration.ts";
import { escapeControls, escapeLine } from "./terminal-text.ts";

const LONGEST_PREVIEW = 120;

/** Shows a run to a person: the answer on one output, everything else on the other. */
export class EventRenderer {
  readonly #out: Channel;
  readonly #err: Channel;
  /** Whether anything of an answer was written. */
  #hasAnswer = false;
  /** What the newest call said on the way to an answer. */
  #commentary = "";
  #isNewCall = false;
  /** The block whose text was written last. */
  #textIndex: number | undefined;
  #lastText = "";
  /** The first half of a character that was cut between two deltas. */
  #half = "";
  /** The block whose thoughts or commentary are being written. */
  #aside: number | undefined;

  constructor(out: Channel, err: Channel) {
    this.#out = out;
    this.#err = err;
  }

  async render(event: StreamEvent): Promise<void> {
    switch (event.type) {
      case "text-delta":
        return event.phase === "commentary"
          ? this.#comment(event.index, event.delta)
          : this.#text(event.index, event.delta);
      case "reasoning-delta":
        return this.#writeAside(event.index, event.delta);
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
      case "step-end":
        // Blocks are counted from 0 again.
        this.#textIndex = this.#textIndex === undefined ? undefined : -1;
        this.#isNewCall = true;
        return this.#endAside();
      case "run-end":
        return event.reason === "error" || event.reason === "aborted" ? undefined : this.#endAnswer();
      default:
        return undefined;
    }
  }

  /** Ends the open lines. Call it when the run is over, however it ended. */
  async end(): Promise<void> {
    await this.#endAside();
    if (this.#half !== "") await this.#write("");
    // A pipe gets the exact text; a terminal gets its prompt on a new line.
    if (this.#out.isTerminal) await this.#endLine();
  }

  async #text(index: number, delta: string): Promise<void> {
    await this.#endAside();
    if (this.#textIndex !== undefined && index !== this.#textIndex) await this.#endLine();
    this.#textIndex = index;
    this.#hasAnswer = true;
    await this.#write(delta);
  }

  /** What the model says on the way to its answer is progress: who pipes the answer on does not want it in there. */
  async #comment(index: number, delta: string): Promise<void> {
    if (this.#isNewCall) this.#commentary = "";
    this.#isNewCall = false;
    this.#commentary += delta;
    await this.#writeAside(index, delta);
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

  /**
   * Where commentary is all there was, it is the answer, as it is to `finalText()`. On one terminal it stands there already.
   */
  async #endAnswer(): Promise<void> {
    await this.#endAside();
    if (!this.#hasAnswer && !this.#isOneTerminal) await this.#write(this.#commentary);
  }

  async #writeAside(index: number, delta: string): Promise<void> {
    if (this.#aside !== index) {
      await this.#endAside();
      await this.#leaveText();
      this.#aside = index;
    }
    const text = this.#err.isTerminal ? escapeControls(delta) : delta;
    await this.#err.write(this.#err.style.dim(text));
  }

  async #endAside(): Promise<void> {
    if (this.#aside === undefined) return;
    this.#aside = undefined;
    await this.#err.write("\n\n");
  }

  async #note(text: string): Promise<void> {
    await this.#endAside();
    await this.#leaveText();
    const { style } = this.#err;
    await this.#err.line(style.dim(`${style.unicode ? "·" : "-"} ${text}`));
  }

  async #retry(delayMs: number, reason: string): Promise<void> {
    const hasText = this.#lastText !== "";
    this.#commentary = "";
    await this.#note(`${preview(reason)} Trying again in ${formatDuration(delayMs / 1000)}.`);
    if (!hasText) return;
    await this.#note("The answer starts anew; what stands above is cut off.");
    // Nothing that is written can be taken back. The new text must at least not run into the old one.
    await this.#endLine();
    this.#half = "";
  }

  /** Where both outputs are one terminal, a note must not stand in the middle of the answer's line. */
  async #leaveText(): Promise<void> {
    if (this.#isOneTerminal) await this.#endLine();
  }

  get #isOneTerminal(): boolean {
    return this.#out.isTerminal && this.#err.isTerminal;
  }
}

function preview(text: string): string {
  return escapeLine(truncateForMessage(text, LONGEST_PREVIEW));
}
