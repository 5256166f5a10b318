import type { GenerationSetting, GenerationSettings, JsonObject } from "axio";
import { type AcceptedParameters, ONE_OF_BOTH, whyNot } from "./parameters.ts";

/** The body members of settings, except for the limit of output tokens. */
const MEMBERS: { readonly [Name in GenerationSetting]?: string } = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  stop: "stop_sequences",
};

/** Says in a sentence why a setting is not sent; `undefined` if it is. */
export function refuseSetting(
  name: GenerationSetting,
  settings: GenerationSettings,
  accepted: AcceptedParameters,
): string | undefined {
  if (name === "maxOutputTokens") return undefined;
  const member = MEMBERS[name];
  if (member === undefined) return "The Messages API does not have it.";
  const reason = whyNot(member, settings[name], accepted);
  if (reason !== undefined || name !== "topP" || settings.temperature === undefined) return reason;
  const isBeside =
    accepted.facts.sampling && whyNot("temperature", settings.temperature, accepted) === undefined;
  return isBeside ? ONE_OF_BOTH : undefined;
}

/** Returns the body members of settings that are sent. */
export function settingMembers({ temperature, topP, topK, stop }: GenerationSettings): JsonObject {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(stop === undefined ? {} : { stop_sequences: [...stop] }),
  };
}
