import { type HostedToolSettings, isJsonObject, type JsonValue } from "axio";
import { textOf } from "./members.ts";

/** The settings of a web search, as a client gave them. */
interface GivenWebSearch {
  readonly domains: JsonValue | undefined;
  readonly contextSize?: JsonValue | undefined;
  readonly live?: JsonValue | undefined;
  /** Members `city`, `region`, `country` and `timezone`. */
  readonly location: JsonValue | undefined;
  readonly sources?: boolean | undefined;
}

/** Returns the settings of a web search. Values that are not settings are left out. */
export function webSearchSettings(given: GivenWebSearch): HostedToolSettings {
  const { domains, contextSize, live, location, sources } = given;
  return {
    type: "web-search",
    allowedDomains: Array.isArray(domains)
      ? domains.filter((domain) => typeof domain === "string")
      : undefined,
    contextSize:
      contextSize === "low" || contextSize === "medium" || contextSize === "high" ? contextSize : undefined,
    live: typeof live === "boolean" ? live : undefined,
    sources,
    location: isJsonObject(location)
      ? {
          city: textOf(location["city"]),
          region: textOf(location["region"]),
          country: textOf(location["country"]),
          timezone: textOf(location["timezone"]),
        }
      : undefined,
  };
}

/** The settings of an image generation, as a client gave them. */
interface GivenImageGeneration {
  readonly size: JsonValue | undefined;
  readonly quality: JsonValue | undefined;
  readonly background: JsonValue | undefined;
  readonly format: JsonValue | undefined;
  readonly partialImages: JsonValue | undefined;
}

/** Returns the settings of an image generation. Values that are not settings are left out. */
export function imageGenerationSettings(given: GivenImageGeneration): HostedToolSettings {
  const { size, quality, background, format, partialImages } = given;
  return {
    type: "image-generation",
    size: textOf(size),
    quality:
      quality === "auto" || quality === "low" || quality === "medium" || quality === "high"
        ? quality
        : undefined,
    background:
      background === "auto" || background === "transparent" || background === "opaque"
        ? background
        : undefined,
    format: format === "png" || format === "jpeg" || format === "webp" ? format : undefined,
    partialImages: typeof partialImages === "number" ? partialImages : undefined,
  };
}
