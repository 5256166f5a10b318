import { AxioError, type Capability, type ModelRegistry, type ModelSpec } from "axio";

/** What is assumed of a model that nobody has listed. Told from a list of the same members by identity. */
export const UNKNOWN_CAPABILITIES: readonly Capability[] = ["text", "tool-use"];

/**
 * Makes a description of the model that the caller named.
 *
 * @throws AxioError `invalid-argument` for an empty name.
 */
export function modelOf(model: string | ModelSpec, models: ModelRegistry): ModelSpec {
  const id: unknown = typeof model === "string" ? model : model.id;
  if (typeof id !== "string" || id.trim() === "") {
    throw new AxioError(
      "invalid-argument",
      `The model's name is empty. Name one, such as ${JSON.stringify(models.ids()[0] ?? "gpt-5.5")}, or leave it out.`,
    );
  }
  if (typeof model !== "string") return model;
  // A name that is not on the list may be newer than the list: the backend knows.
  return models.find(model) ?? { id: model, capabilities: UNKNOWN_CAPABILITIES };
}
