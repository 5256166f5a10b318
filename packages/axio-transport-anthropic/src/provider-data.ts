import { type Block, isJsonObject, type JsonObject } from "axio";

/** The key of this wire format in `providerData`, of blocks and of tools. */
export const ANTHROPIC_KEY = "anthropic";

/** A block of the Messages API, in a request or a response. */
export interface WireBlock extends JsonObject {
  readonly type: string;
}

/** Who can read a thinking block. Each is a hash. */
export interface ThinkingOrigin {
  /** The host, the model, and the account if the model binds thinking to it. */
  readonly origin?: string | undefined;
  /** The system prompt, the tools and the messages before, if the model binds thinking to them. */
  readonly prefix?: string | undefined;
}

/** The data of a block in `providerData.anthropic`, with which it goes back as it came. */
export interface AnthropicData extends ThinkingOrigin {
  /** Reasoning: the signature of the thinking, which may be empty. */
  readonly signature?: string | undefined;
  /** Reasoning: the encrypted data of redacted thinking. */
  readonly redactedData?: string | undefined;
  /** Text and tool calls: members in addition to those that the block itself tells. */
  readonly members?: JsonObject | undefined;
  /** Hosted tools and opaque blocks: the whole block. */
  readonly block?: JsonObject | undefined;
  /** An opaque block: the container in which the provider ran code. */
  readonly container?: string | undefined;
  /** When the container ends, in Unix milliseconds. */
  readonly expiresAt?: number | undefined;
  /** Text: the provider refused to respond to the step that ends with this block. */
  readonly refused?: boolean | undefined;
  /** A block of the caller: a cache breakpoint after it. */
  readonly cacheControl?: JsonObject | undefined;
}

/** Returns the block's data of this wire format. Members of another type are left out. */
export function readAnthropicData(block: Block): AnthropicData | undefined {
  const data = block.providerData?.[ANTHROPIC_KEY];
  if (!isJsonObject(data)) return undefined;
  return {
    origin: textOf(data["origin"]),
    prefix: textOf(data["prefix"]),
    signature: textOf(data["signature"]),
    redactedData: textOf(data["redactedData"]),
    members: objectOf(data["members"]),
    block: objectOf(data["block"]),
    container: textOf(data["container"]),
    expiresAt: typeof data["expiresAt"] === "number" ? data["expiresAt"] : undefined,
    refused: data["refused"] === true,
    cacheControl: objectOf(data["cacheControl"]),
  };
}

/** Returns data under the key of this wire format, without members that are `undefined`. */
export function toProviderData(data: AnthropicData): { readonly [ANTHROPIC_KEY]: JsonObject } {
  const members = Object.entries(data).filter(([, value]) => value !== undefined);
  return { [ANTHROPIC_KEY]: Object.fromEntries(members) as JsonObject };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
