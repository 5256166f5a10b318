import { AxioError, type Block, type Message, type ModelRegistry, type ModelSpec } from "axio";
import { UNKNOWN_CAPABILITIES } from "./model-choice.ts";

/** What a block needs of a model. */
type Modality = "image" | "audio";

const WORDS: { readonly [modality in Modality]: string } = { image: "pictures", audio: "sound" };

/**
 * Checks, before anything is sent, that the model takes what the messages hold. A model that nobody knows takes everything:
 * the backend will say.
 *
 * @throws AxioError `unsupported-content`; `details.models` and the message name the models that take it.
 */
export function assertContent(model: ModelSpec, models: ModelRegistry, messages: readonly Message[]): void {
  for (const modality of ["image", "audio"] as const) {
    if (takes(model, modality) || !messages.some((message) => needs(message, modality))) continue;
    const others = [...models].filter((other) => takes(other, modality)).map(({ id }) => id);
    const remedy = others.length === 0 ? "" : `, or choose a model that takes them: ${others.join(", ")}`;
    throw new AxioError(
      "unsupported-content",
      `The model ${model.id} takes no ${WORDS[modality]}. Leave them out${remedy}.`,
      { details: { models: others } },
    );
  }
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
  return role !== "assistant" && content.some((block) => blockNeeds(block, modality));
}

function blockNeeds(block: Block, modality: Modality): boolean {
  switch (block.type) {
    case "image":
      return modality === "image";
    case "file":
      return modality === "audio" && block.mediaType.startsWith("audio/");
    case "tool-result":
      return typeof block.content !== "string" && block.content.some((part) => blockNeeds(part, modality));
    default:
      return false;
  }
}
