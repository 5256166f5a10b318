import type { GenerationSetting } from "axio";

/** The generation of one of OpenAI's models: `[5, 6]` for `gpt-5.6-sol`. */
function generation(model: string): readonly [major: number, minor: number] | undefined {
  const match = /^gpt-(\d+)(?:\.(\d+))?(?![\d.]*o\b)/.exec(model);
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0)];
}

/** Whether an id names one of OpenAI's reasoning models. Read from the generation, since lists miss each new family. */
export function isOpenAIReasoningModel(model: string): boolean {
  const [major] = generation(model) ?? [0];
  return (
    (major >= 5 && !/-chat\b/.test(model)) || (/^o[1-9]\b/.test(model) && !/^o1-(?:mini|preview)/.test(model))
  );
}

/**
 * Whether one of OpenAI's models refuses a setting, because it reasons. From gpt-5.1 to the last model before gpt-6, the effort
 * `"none"` allows `temperature` and `topP`.
 *
 * @example
 * ```ts
 * import { refusesSetting } from "axio-chat-completions";
 *
 * refusesSetting("temperature", "gpt-5.5", "low"); // true
 * refusesSetting("temperature", "gpt-5.5", "none"); // false
 * ```
 */
export function refusesSetting(
  setting: GenerationSetting,
  model: string,
  effort: string | undefined,
): boolean {
  if (!isOpenAIReasoningModel(model)) return false;
  const [major, minor] = generation(model) ?? [0, 0];
  switch (setting) {
    case "temperature":
    case "topP":
      return !(effort === "none" && major === 5 && minor >= 1);
    case "presencePenalty":
    case "frequencyPenalty":
      return true;
    case "stop":
      return major !== 5;
    case "maxOutputTokens":
    case "seed":
    case "topK":
      return false;
  }
}

/**
 * Whether one of OpenAI's models refuses tools on Chat Completions, so that the Responses API has to be used: from gpt-5.4 on
 * together with a reasoning effort, from gpt-5.6 on unless the effort is `"none"`, from gpt-6 on always.
 *
 * @example
 * ```ts
 * import { needsResponsesApi } from "axio-chat-completions";
 *
 * needsResponsesApi("gpt-6.2-sol", undefined); // true
 * needsResponsesApi("gpt-4.1", undefined); // false
 * ```
 */
export function needsResponsesApi(model: string, effort: string | undefined): boolean {
  const [major, minor] = generation(model) ?? [0, 0];
  if (major >= 6) return true;
  if (major < 5 || !isOpenAIReasoningModel(model)) return false;
  return minor >= 6 ? effort !== "none" : minor >= 4 && effort !== undefined && effort !== "none";
}
