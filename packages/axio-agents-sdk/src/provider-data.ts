import { type Block, isJsonObject, type ProviderData } from "axio";

/** The key of this package in the `providerData` of items. */
const KEY = "axio";

/** Data of an item that the Agents SDK stores and hands back. */
export type ItemData = Record<string, unknown>;

/** Returns the item data of a block: the data of its provider, or the whole block. */
export function itemData(
  content: { readonly providerData: ProviderData | undefined } | { readonly block: Block },
): {
  providerData?: ItemData;
} {
  if ("providerData" in content && content.providerData === undefined) return {};
  return { providerData: { [KEY]: content } };
}

/** Returns the data of the provider that an item was given. */
export function providerDataIn(item: {
  readonly providerData?: ItemData | undefined;
}): ProviderData | undefined {
  const data = ownData(item)?.["providerData"];
  return isJsonObject(data) && Object.values(data).every(isJsonObject) ? (data as ProviderData) : undefined;
}

/** Returns the block that an item was given. */
export function blockIn(item: { readonly providerData?: ItemData | undefined }): Block | undefined {
  const block = ownData(item)?.["block"];
  return isJsonObject(block) && typeof block["type"] === "string" ? (block as unknown as Block) : undefined;
}

function ownData({ providerData }: { readonly providerData?: ItemData | undefined }): ItemData | undefined {
  const own = providerData?.[KEY];
  return isJsonObject(own) ? own : undefined;
}
