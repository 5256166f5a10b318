import { type Block, isJsonObject, type JsonObject, type ProviderData } from "axio";

/** The key of this package in the metadata of the AI SDK. */
export const METADATA_KEY = "axio";

type Metadata = Record<string, Record<string, never>>;

/**
 * Returns the metadata of a part: the data of the provider, or a whole block that the AI SDK has no part for. The AI SDK stores
 * it with the message, and hands it back as `providerOptions`.
 */
export function metadataOf(
  content: { readonly providerData?: ProviderData | undefined } | { readonly block: Block },
): Metadata | undefined {
  const data = "block" in content ? { block: content.block } : { providerData: content.providerData };
  if (Object.values(data).every((value) => value === undefined)) return undefined;
  // A copy, because the AI SDK owns it: its JSON type is mutable.
  return { [METADATA_KEY]: JSON.parse(JSON.stringify(data)) as Record<string, never> };
}

/** Returns the data of the provider that a part was given. */
export function providerDataIn(providerOptions: unknown): ProviderData | undefined {
  const data = ownOptions(providerOptions)["providerData"];
  return isJsonObject(data) && Object.values(data).every(isJsonObject) ? (data as ProviderData) : undefined;
}

/** Returns the block that a part was given. */
export function blockIn(providerOptions: unknown): Block | undefined {
  const block = ownOptions(providerOptions)["block"];
  return isJsonObject(block) && typeof block["type"] === "string" ? (block as unknown as Block) : undefined;
}

function ownOptions(providerOptions: unknown): JsonObject {
  const own = isJsonObject(providerOptions) ? providerOptions[METADATA_KEY] : undefined;
  return isJsonObject(own) ? own : {};
}
