import type { AxioError, RetryEvent, StreamEvent, ToolWaitingEvent } from "axio";
import { truncateForMessage } from "axio/internal";
import type { RetryNotice } from "axio/plugin";
import type { Output } from "../output.ts";
import { formatDuration } from "../text/duration.ts";
import { describeRetry } from "../text/retry-text.ts";
import { escapeControls, escapeLine } from "../text/terminal-text.ts";

const MAX_PREVIEW_LENGTH = 120;

/** Renders a run: the response on one output, everything else on the other. */
export class EventRenderer {
  readonly #out: Output;
  readonly #err: Output;
  /** Whether text of a response was written. */
  #hasAnswer = false;
  /** The commentary of the current step. */
  #commentary = "";
  #isNewStep = false;
  /** The index of the block whose text was written last. */
  #textIndex: number | undefined;
  #lastText = "";
  /** The first half of a character that two deltas share. */
  #pending = "";
  /** The failure of the last retry that the transport reported, until its event comes. */
  #reportedFailure: AxioError | undefined;
  /** The index of the block whose reasoning or commentary is being written. */
  #aside: number | undefined;

  constructor(out: Output, err: Output) {
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
      case "tool-waiting":
        return this.#note(waitingNote(event));
      case "tool-result":
        return this.#note(`${escapeLine(event.name)} ${event.result.isError ? "failed" : "is done"}`);
      case "hosted-tool-start":
        return this.#note(`runs ${escapeLine(event.name).replaceAll("-", " ")}`);
      case "block-end":
        // Opaque blocks have no other event.
        return event.block.type === "opaque"
          ? this.#note(escapeLine(event.block.kind).replaceAll("_", " "))
          : undefined;
      case "image-output":
        return event.partial
          ? undefined
          : this.#note(`created an image (${escapeLine(event.image.mediaType)}); --json prints it`);
      case "retry":
        return this.#restart(event);
      case "step-end":
        // The next step counts blocks from 0.
        this.#textIndex = this.#textIndex === undefined ? undefined : -1;
        this.#isNewStep = true;
        return this.#endAside();
      case "run-end":
        return event.reason === "error" || event.reason === "aborted" ? undefined : this.#endAnswer();
      default:
        return undefined;
    }
  }

  /** Shows a retry that the transport reports. It has an event too if text came before it. */
  async showRetry(retry: RetryNotice): Promise<void> {
    this.#reportedFailure = retry.error;
    await this.#noteRetry(`${retry.attempt} of ${retry.maxRetries}`, retry);
  }

  /** Ends the open lines. Call it when the run has ended, also after a failure. */
  async end(): Promise<void> {
    await this.#endAside();
    if (this.#pending !== "") await this.#write("");
    // A terminal gets its prompt on a new line.
    if (this.#out.isTerminal) await this.#endLine();
  }

  /** Ends the last line of a complete response, as tools that read lines expect. */
  async endResponse(): Promise<void> {
    await this.#endLine();
  }

  async #text(index: number, delta: string): Promise<void> {
    await this.#endAside();
    if (this.#textIndex !== undefined && index !== this.#textIndex) await this.#endLine();
    this.#textIndex = index;
    this.#hasAnswer = true;
    await this.#write(delta);
  }

  /** Commentary is progress, and not part of the response in a pipe. */
  async #comment(index: number, delta: string): Promise<void> {
    if (this.#isNewStep) this.#commentary = "";
    this.#isNewStep = false;
    this.#commentary += delta;
    await this.#writeAside(index, delta);
  }

  async #write(delta: string): Promise<void> {
    let text = this.#pending + delta;
    this.#pending = delta === "" ? "" : (/[\ud800-\udbff]$/.exec(text)?.[0] ?? "");
    if (this.#pending !== "") text = text.slice(0, -1);
    if (text === "") return;
    this.#lastText = text;
    await this.#out.write(this.#out.isTerminal ? escapeControls(text) : text);
  }

  async #endLine(): Promise<void> {
    if (this.#lastText === "" || this.#lastText.endsWith("\n")) return;
    this.#lastText = "";
    await this.#out.write("\n");
  }

  /** Commentary without other text is the response, as in `finalText()`. On one terminal it is already visible. */
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

  async #noteRetry(count: string, retry: Pick<RetryNotice, "delayMs" | "error">): Promise<void> {
    await this.#note(describeRetry(count, retry));
  }

  async #restart(retry: RetryEvent): Promise<void> {
    const hasText = this.#lastText !== "";
    this.#commentary = "";
    const isShown = this.#reportedFailure === retry.error;
    this.#reportedFailure = undefined;
    if (!isShown) await this.#noteRetry(String(retry.attempt), retry);
    if (!hasText) return;
    await this.#note("The response restarts. The text above is incomplete.");
    // Written text cannot be removed, so the new text starts on a new line.
    await this.#endLine();
    this.#pending = "";
  }

  /** If both outputs are one terminal, a note must not interrupt a line of the response. */
  async #leaveText(): Promise<void> {
    if (this.#isOneTerminal) await this.#endLine();
  }

  get #isOneTerminal(): boolean {
    return this.#out.isTerminal && this.#err.isTerminal;
  }
}

function preview(text: string): string {
  return escapeLine(truncateForMessage(text, MAX_PREVIEW_LENGTH));
}

function waitingNote({ name, reason, waitedMs }: ToolWaitingEvent): string {
  const tool = escapeLine(name);
  if (reason === "concurrency") return `${tool} waits for another call of ${tool}`;
  const duration = formatDuration(waitedMs / 1_000);
  return reason === "guard"
    ? `${tool} waits for permission (${duration})`
    : `${tool} is running (${duration})`;
}
