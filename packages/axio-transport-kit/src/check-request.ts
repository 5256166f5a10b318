import {
  AxioError,
  type Block,
  type Message,
  type ModelRegistry,
  type ModelSpec,
  type TextBlock,
} from "axio";
import { UNKNOWN_CAPABILITIES } from "./account-models.ts";

/** What a block needs of a model. */
type Modality = "image" | "audio";

const MODALITIES = ["image", "audio"] as const;
const WORDS: { readonly [modality in Modality]: string } = { image: "pictures", audio: "sound" };
const LEFT_OUT: { readonly [modality in Modality]: string } = { image: "A picture", audio: "A recording" };

/**
 * Sees to it, before anything is sent, that the model takes what the messages hold. A model that nobody knows takes everything:
 * the backend will say. What a tool gave, and what was said before another model was chosen, cannot be taken back by the
 * person: there a line of text stands in its place.
 *
 * @returns The messages, the same where nothing is replaced.
 * @throws AxioError `unsupported-content` for what the person says now; `details.models` and the message name the models
 *   that take it.
 */
export function fitContent(
  model: ModelSpec,
  models: ModelRegistry,
  messages: readonly Message[],
): readonly Message[] {
  let fitting = messages;
  for (const modality of MODALITIES) {
    if (takes(model, modality) || !messages.some((message) => needs(message, modality))) continue;
    const newest = messages.findLastIndex(({ role }) => role === "assistant") + 1;
    if (messages.slice(newest).some((message) => message.content.some((block) => is(block, modality))))
      throw contentError(model, models, modality);
    const note = `[${LEFT_OUT[modality]} was left out here: the model ${model.id} takes no ${WORDS[modality]}.]`;
    fitting = fitting.map((message) =>
      needs(message, modality) ? replaceIn(message, modality, note) : message,
    );
  }
  return fitting;
}

function contentError(model: ModelSpec, models: ModelRegistry, modality: Modality): AxioError {
  const others = [...models].filter((other) => takes(other, modality)).map(({ id }) => id);
  const remedy = others.length === 0 ? "" : `, or choose a model that takes them: ${others.join(", ")}`;
  return new AxioError(
    "unsupported-content",
    `The model ${model.id} takes no ${WORDS[modality]}. Leave them out${remedy}.`,
    { details: { models: others } },
  );
}

/**
 * Checks that the model has the effort that it is asked for. A model whose efforts are not known has all.
 *
 * @throws AxioError `unsupported-parameter`, which names the efforts that there are.
 */
export function assertEffort(model: ModelSpec, effort: string | undefined): void {
  const { efforts } = model;
  // `none` turns thinking off, and stands on no list.
  if (effort === undefined || effort === "none" || efforts === undefined || efforts.includes(effort)) return;
  throw new AxioError(
    "unsupported-parameter",
    `The model ${model.id} has no reasoning effort ${JSON.stringify(effort)}. Choose one of: ${efforts.join(", ")}.`,
    { details: { parameter: "reasoning.effort" } },
  );
}

function takes(model: ModelSpec, modality: Modality): boolean {
  if (model.inputModalities !== undefined) return model.inputModalities.includes(modality);
  // What `/models` left out, and what nobody listed, is not known.
  if (model.capabilities === UNKNOWN_CAPABILITIES || typeof model.providerData?.["slug"] === "string")
    return true;
  return model.capabilities.includes(modality === "image" ? "vision" : "audio-input");
}

/** What the assistant made goes back as it came. */
function needs({ role, content }: Message, modality: Modality): boolean {
  return (
    role !== "assistant" &&
    content.some(
      (block) =>
        is(block, modality) ||
        (block.type === "tool-result" &&
          typeof block.content !== "string" &&
          block.content.some((part) => is(part, modality))),
    )
  );
}

function is(block: Block, modality: Modality): boolean {
  return modality === "image"
    ? block.type === "image"
    : block.type === "file" && block.mediaType.startsWith("audio/");
}

function replaceIn(message: Message, modality: Modality, text: string): Message {
  const note: TextBlock = { type: "text", text };
  return {
    ...message,
    content: message.content.map((block) => {
      if (is(block, modality)) return note;
      if (block.type !== "tool-result" || typeof block.content === "string") return block;
      return { ...block, content: block.content.map((part) => (is(part, modality) ? note : part)) };
    }),
  };
}
