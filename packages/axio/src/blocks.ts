import type { JsonObject, JsonValue } from "./json.ts";

/**
 * Data that a provider wants back with a block: encrypted reasoning, item ids, phases. The key names the wire format
 * (`"responses"`), so that a history can move between providers: each one reads its own key. The core stores and replays
 * the data, but never reads it.
 */
export interface ProviderData {
  readonly [providerKey: string]: JsonObject;
}

interface BlockBase {
  readonly providerData?: ProviderData | undefined;
}

/** Whether a text is commentary on the way to the answer, or the answer. */
export type TextPhase = "commentary" | "final";

/** A page that a text cites, or that a tool found. */
export interface Source {
  readonly url: string;
  readonly title?: string | undefined;
  /** The position of the citation in the text, in characters. `end` is the first character after it. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Text. */
export interface TextBlock extends BlockBase {
  readonly type: "text";
  readonly text: string;
  /** The model refuses in this text. */
  readonly refusal?: true | undefined;
  /** Absent if the provider does not distinguish phases. */
  readonly phase?: TextPhase | undefined;
  /** The pages that the text cites. */
  readonly sources?: readonly Source[] | undefined;
  /** The run was aborted here: the text is not complete, or it is the note that says so. */
  readonly interrupted?: true | undefined;
}

/** The data of an image or a file, or its URL. */
export type DataSource =
  | { readonly kind: "base64"; readonly data: string }
  | { readonly kind: "url"; readonly url: string };

/** An image. */
export interface ImageBlock extends BlockBase {
  readonly type: "image";
  /** A media type such as `image/png`. */
  readonly mediaType: string;
  readonly source: DataSource;
  /** The resolution at which the model sees the image. Some providers ignore it. */
  readonly detail?: "auto" | "low" | "high" | "original" | undefined;
}

/** A document or a recording. */
export interface FileBlock extends BlockBase {
  readonly type: "file";
  /** A media type such as `application/pdf`. */
  readonly mediaType: string;
  readonly source: DataSource;
  /** The name of the file, which the model sees. */
  readonly name?: string | undefined;
}

/** Reasoning, as far as the provider shows it. The text may be empty if only `providerData` has the reasoning. */
export interface ReasoningBlock extends BlockBase {
  readonly type: "reasoning";
  readonly text: string;
}

/** A tool call. */
export interface ToolUseBlock extends BlockBase {
  readonly type: "tool-use";
  /** The id of the call. Its result has it as `toolCallId`. */
  readonly id: string;
  readonly name: string;
  /** `null` if the model's text is not JSON. */
  readonly input: JsonValue;
  /** The model's text, if `JSON.stringify(input)` differs from it. */
  readonly inputText?: string | undefined;
}

/** A part of a tool result. */
export type ToolResultContent = TextBlock | ImageBlock | FileBlock;

/** The result of a tool call. */
export interface ToolResultBlock extends BlockBase {
  readonly type: "tool-result";
  /** The `id` of the `tool-use` block. */
  readonly toolCallId: string;
  readonly content: string | readonly ToolResultContent[];
  /** The call failed, was denied, or was interrupted. */
  readonly isError?: true | undefined;
}

/** A call of a hosted tool, which the provider has run. It needs no result. */
export interface HostedToolBlock extends BlockBase {
  readonly type: "hosted-tool";
  /** `"web-search"`, `"image-generation"`, `"code-interpreter"`, `"file-search"`, `"mcp"`, or the provider's name. */
  readonly name: string;
  /** The provider's status: `"completed"`, `"failed"`. */
  readonly status?: string | undefined;
  /** As far as the provider shows it: a query, a page, code. */
  readonly input: JsonObject;
  /** The output as text, if the provider shows it. */
  readonly output?: string | undefined;
  /** The pages that the tool found, opened or searched. */
  readonly sources?: readonly Source[] | undefined;
}

/** An item of a type that axio does not know. `providerData` holds it for its provider. */
export interface OpaqueBlock extends BlockBase {
  readonly type: "opaque";
  /** The provider's name for the type of item. */
  readonly kind: string;
}

/** One part of a message. A union on `type`. */
export type Block =
  | TextBlock
  | ImageBlock
  | FileBlock
  | ReasoningBlock
  | ToolUseBlock
  | ToolResultBlock
  | HostedToolBlock
  | OpaqueBlock;
