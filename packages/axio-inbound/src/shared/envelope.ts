import { type Block, isJsonObject, type ProviderData } from "axio";

/** Marks text that this package wrote, so that text of other programs is never taken for it. */
const MARK = "axio1.";

/**
 * Writes a block as text, for the slots of other APIs that clients return unread: the encrypted content of reasoning, the
 * signature of thinking. Blocks that an API cannot express survive in it.
 */
export function sealBlock(block: Block): string {
  return MARK + toBase64Url(JSON.stringify({ block }));
}

/** Writes the provider data of a block whose content the client gets in plain form. */
export function sealProviderData(providerData: ProviderData): string {
  return MARK + toBase64Url(JSON.stringify({ providerData }));
}

/** Reads text of {@link sealBlock}; `undefined` for any other text. */
export function openBlock(text: string): Block | undefined {
  const block = openMember(text, "block");
  return isJsonObject(block) && typeof block["type"] === "string" ? (block as unknown as Block) : undefined;
}

/** Reads text of {@link sealProviderData}; `undefined` for any other text. */
export function openProviderData(text: string): ProviderData | undefined {
  const data = openMember(text, "providerData");
  return isJsonObject(data) && Object.values(data).every(isJsonObject) ? (data as ProviderData) : undefined;
}

function openMember(text: string, member: string): unknown {
  if (!text.startsWith(MARK)) return undefined;
  try {
    const value: unknown = JSON.parse(fromBase64Url(text.slice(MARK.length)));
    return isJsonObject(value) ? value[member] : undefined;
  } catch {
    // A client cut or changed the text. What it held is lost, the conversation goes on.
    return undefined;
  }
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(
    Uint8Array.from(binary, (char) => char.charCodeAt(0)),
  );
}
