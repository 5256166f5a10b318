import type { Block } from "./blocks.ts";
import { AxioError } from "./errors.ts";
import { type GenerationSettings, pickGeneration } from "./generation.ts";
import { type Message, userMessage } from "./messages.ts";
import type { StreamRequest } from "./transport.ts";

/** The default of `lastStepMessage`. */
export const DEFAULT_LAST_STEP_MESSAGE =
  "This is your last step: no more tools can be run. Answer now with what you have, and say what is left to do.";

/** The properties that all requests of a run share. */
export interface RequestSettings
  extends GenerationSettings,
    Pick<StreamRequest, "model" | "reasoning" | "toolChoice" | "outputFormat" | "system"> {
  /** Sent, but not stored, as the last message of the last step. */
  readonly lastStepMessage: string;
}

/** A step that is about to be sent. */
export interface RequestedStep {
  /** The history with the prompt. */
  readonly messages: readonly Message[];
  /** 1 for the first step of the run. */
  readonly number: number;
  readonly isLast: boolean;
}

/**
 * Returns the request of a step, without its tools.
 *
 * @throws AxioError `invalid-argument` if there is nothing to send.
 */
export function stepRequest(
  settings: RequestSettings,
  { messages, number, isLast }: RequestedStep,
): Omit<StreamRequest, "tools"> {
  const { system, model, reasoning, outputFormat, toolChoice, lastStepMessage } = settings;
  const isFirst = number === 1;
  if (isFirst) assertSendable(messages);
  return {
    system,
    messages: isLast && !isFirst ? [...messages, userMessage(lastStepMessage)] : messages,
    model,
    reasoning,
    outputFormat,
    toolChoice: isFirst ? toolChoice : undefined,
    ...pickGeneration(settings),
  };
}

/** Returns the message of a prompt, or `undefined` if it is empty or the history of a failed run already ends with it. */
export function newPrompt(prompt: readonly Block[], history: readonly Message[]): Message | undefined {
  if (prompt.length === 0) return undefined;
  const message = userMessage(prompt);
  const last = history.at(-1);
  const isRepeated = last?.role === "user" && JSON.stringify(last) === JSON.stringify(message);
  return isRepeated ? undefined : message;
}

function assertSendable(messages: readonly Message[]): void {
  const isEmpty = messages.every(({ content }) =>
    content.every((block) => block.type === "text" && block.text.trim() === ""),
  );
  if (isEmpty)
    throw new AxioError("invalid-argument", "The prompt and the history are empty. Pass a prompt.");
}
