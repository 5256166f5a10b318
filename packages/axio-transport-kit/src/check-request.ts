import {
  AxioError,
  type Block,
  type Message,
  type ModelRegistry,
  type ModelSpec,
  type TextBlock,
} from "axio";
import { newestUserMessage, readHistory } from "axio-responses";
import { UNKNOWN_CAPABILITIES } from "./account-models.ts";

/** An input that not every model accepts. */
type Modality = "image" | "audio";

const MODALITIES = ["image", "audio"] as const;
const PLURAL: { readonly [modality in Modality]: string } = { image: "images", audio: "audio" };
const SINGULAR: { readonly [modality in Modality]: string } = { image: "An image", audio: "A recording" };

/**
 * Fits messages to a model before they are sent. Images and audio that the model does not accept are replaced with a short
 * note if they come from tools or earlier messages, which the user cannot change. Everything is sent to an unknown model.
 *
 * @param key The key of the wire format in `providerData`: content that its API made is sent back as it came.
 * @returns The same array if nothing is replaced.
 * @throws AxioError `unsupported-content` for content of the newest user message; `details.models` are the models that accept
 *   it.
 */
export function fitContent(
  model: ModelSpec,
  models: ModelRegistry,
  given: readonly Message[],
  key: string,
): readonly Message[] {
  const messages = readHistory(given);
  let fitting = messages;
  for (const modality of MODALITIES) {
    if (accepts(model, modality) || !messages.some((message) => needs(message, modality, key))) continue;
    const newest = messages[newestUserMessage(messages)];
    if (newest?.content.some((block) => is(block, modality)) === true)
      throw contentError(model, models, modality);
    const note = `[${SINGULAR[modality]} was left out here: the model ${model.id} does not accept ${PLURAL[modality]}.]`;
    fitting = fitting.map((message) =>
      needs(message, modality, key) ? replaceIn(message, modality, note, key) : message,
    );
  }
  return fitting;
}

function contentError(model: ModelSpec, models: ModelRegistry, modality: Modality): AxioError {
  const others = [...models].filter((other) => accepts(other, modality)).map(({ id }) => id);
  const remedy = others.length === 0 ? "" : `, or choose a model that does: ${others.join(", ")}`;
  return new AxioError(
    "unsupported-content",
    `The model ${model.id} does not accept ${PLURAL[modality]}. Omit them${remedy}.`,
    { details: { models: others } },
  );
}

/**
 * Checks that a model has a reasoning effort. A model whose efforts are unknown has all of them.
 *
 * @throws AxioError `unsupported-parameter`, whose message names the efforts of the model.
 */
export function assertEffort(model: ModelSpec, effort: string | undefined): void {
  const { efforts } = model;
  // `none` turns reasoning off, and is on no list.
  if (effort === undefined || effort === "none" || efforts === undefined || efforts.includes(effort)) return;
  throw new AxioError(
    "unsupported-parameter",
    `The model ${model.id} has no reasoning effort ${JSON.stringify(effort)}. Choose one of: ${efforts.join(", ")}.`,
    { details: { parameter: "reasoning.effort" } },
  );
}

function accepts(model: ModelSpec, modality: Modality): boolean {
  if (model.inputModalities !== undefined) return model.inputModalities.includes(modality);
  // The modalities of an unlisted model, and those that a list omits, are unknown.
  if (model.capabilities === UNKNOWN_CAPABILITIES || typeof model.providerData?.["slug"] === "string")
    return true;
  return model.capabilities.includes(modality === "image" ? "vision" : "audio-input");
}

function needs({ content }: Message, modality: Modality, key: string): boolean {
  return content.some(
    (block) =>
      isReplaceable(block, modality, key) ||
      (block.type === "tool-result" &&
        typeof block.content !== "string" &&
        block.content.some((part) => is(part, modality))),
  );
}

function isReplaceable(block: Block, modality: Modality, key: string): boolean {
  return is(block, modality) && block.providerData?.[key] === undefined;
}

function is(block: Block, modality: Modality): boolean {
  return modality === "image"
    ? block.type === "image"
    : block.type === "file" && block.mediaType.toLowerCase().startsWith("audio/");
}

function replaceIn(message: Message, modality: Modality, text: string, key: string): Message {
  const note: TextBlock = { type: "text", text };
  return {
    ...message,
    content: message.content.map((block) => {
      if (isReplaceable(block, modality, key)) return note;
      if (block.type !== "tool-result" || typeof block.content === "string") return block;
      return { ...block, content: block.content.map((part) => (is(part, modality) ? note : part)) };
    }),
  };
}
