import { type AxioError, type Block, NO_USAGE } from "axio";
import { EXIT, type Output } from "axio-cli/internal";
import { cleanText } from "../theme/clean-text.ts";
import { addToAnswer, NO_ANSWER, textWithoutCommentary } from "./answer-text.ts";
import type { HeadlessConversation, HeadlessRunOptions } from "./conversation.ts";
import { EVENTS_VERSION, errorToJson, eventToJson } from "./event-json.ts";
import { exitCodeOfResult } from "./exit-code.ts";
import type { HeadlessEvent, ResultEvent } from "./headless-event.ts";
import type { OutputFormat } from "./output-format.ts";
import { endText, progressText } from "./progress-text.ts";

/** Options of {@link printRun}. */
export interface PrintOptions extends HeadlessRunOptions {
  readonly format: OutputFormat;
  /** Fires when the time limit is reached. */
  readonly timeLimit?: AbortSignal | undefined;
}

/** The outputs of a run. */
export interface PrintOutputs {
  readonly out: Output;
  readonly err: Output;
}

/**
 * Answers a prompt: the answer goes to `out`, progress to `err`.
 *
 * @returns The exit code.
 * @throws The error of the output, such as `EPIPE`. The run is stopped then.
 */
export async function printRun(
  conversation: HeadlessConversation,
  blocks: readonly Block[],
  { format, timeLimit, ...options }: PrintOptions,
  { out, err }: PrintOutputs,
): Promise<number> {
  const signals = [options.signal, timeLimit].filter((signal) => signal !== undefined);
  const run = conversation.run(blocks, { ...options, signal: AbortSignal.any(signals) });
  const describe = progressDescriber();
  let code: number = EXIT.failed;
  for await (const event of run) {
    if (format === "events") await out.json(eventToJson(event));
    for (const text of describe(event)) await err.line(cleanText(text, true));
    if (event.type !== "result") continue;
    const isTimedOut = timeLimit?.aborted === true && options.signal?.aborted !== true;
    if (format === "json") await out.json(eventToJson(event));
    if (format === "text") await writeText(event, out, options.output !== undefined);
    const end = endText(event, isTimedOut);
    if (end !== undefined) await err.line(cleanText(end, true));
    code = exitCodeOfResult(event, isTimedOut);
  }
  return code;
}

/** Writes a failure before the run, for readers of JSON. */
export async function printFailure(error: AxioError, format: OutputFormat, out: Output): Promise<void> {
  if (format === "text") return;
  const result = { endReason: "error", text: "", usage: NO_USAGE, steps: 0, denied: [] };
  await out.json({ type: "result", version: EVENTS_VERSION, ...result, error: errorToJson(error) });
}

/** Returns a function that tells what an event means for the progress: each retry once, and text before its tool calls. */
function progressDescriber(): (event: HeadlessEvent) => readonly string[] {
  let answer = NO_ANSWER;
  let announced = "";
  let reported: unknown;
  return (event) => {
    answer = addToAnswer(answer, event);
    if (event.type === "tool-result") announced = "";
    // Most retries are reported before their event.
    const isReported = event.type === "retry" && event.error === reported;
    if (event.type === "request-retry") reported = event.error;
    const texts: string[] = [];
    if (announcesCall(event)) {
      const text = textWithoutCommentary(answer);
      texts.push(text.slice(announced.length));
      announced = text;
    }
    const text = isReported ? undefined : progressText(event);
    return [...texts, ...(text === undefined ? [] : [text])].filter((part) => part.trim() !== "");
  };
}

function announcesCall(event: HeadlessEvent): boolean {
  if (event.type === "step-end") return event.stopReason === "tool-use";
  return event.type === "block-end" && event.block.type === "tool-use";
}

/** Writes the answer with a line feed at its end, like a text file. Of structured output, only an object that fits. */
async function writeText({ text, object }: ResultEvent, out: Output, isObject: boolean): Promise<void> {
  if (isObject && object === undefined) return;
  // Other programs get it as it is: tabs are part of a Makefile.
  const shown =
    object === undefined ? (out.isTerminal ? cleanText(text, true) : text) : JSON.stringify(object);
  if (shown !== "") await out.write(shown.endsWith("\n") ? shown : `${shown}\n`);
}
