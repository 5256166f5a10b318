import type { JsonObject, JsonValue } from "./json.ts";

/**
 * What a provider wants to get back with a block: encrypted reasoning, item ids, phases.
 * The first key names the wire format that owns the value (`"responses"`, for one), so that a history can
 * move between providers: each reads its own and leaves the rest alone. The core stores and replays it,
 * and never looks inside.
 */
export interface ProviderData {
  readonly [owner: string]: JsonObject;
}

interface BlockBase {
  readonly providerData?: ProviderData | undefined;
}

/** What a text is to the turn: said on the way to the answer, or the answer. */
export type TextPhase = "commentary" | "final";

/** A page that a text refers to, or that a tool found. */
export interface Source {
  readonly url: string;
  readonly title?: string | undefined;
  /** Where in the text it is referred to, in characters; `end` is the first one after. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Text. `refusal` marks a text in which the model declines to answer. */
export interface TextBlock extends BlockBase {
  readonly type: "text";
  readonly text: string;
  readonly refusal?: true | undefined;
  /** Absent where the provider does not tell the two apart. */
  readonly phase?: TextPhase | undefined;
  /** The pages that the text refers to, where the provider names any. */
  readonly sources?: readonly Source[] | undefined;
}

/** The bytes of an image or a file, in base64, or where to find them. */
export type DataSource =
  | { readonly kind: "base64"; readonly data: string }
  | { readonly kind: "url"; readonly url: string };

/** A picture. */
export interface ImageBlock extends BlockBase {
  readonly type: "image";
  /** A media type such as `image/png`. */
  readonly mediaType: string;
  readonly source: DataSource;
  /** How closely the model should look. Providers without the notion ignore it. */
  readonly detail?: "auto" | "low" | "high" | "original" | undefined;
}

/** A document, such as a PDF. */
export interface FileBlock extends BlockBase {
  readonly type: "file";
  readonly mediaType: string;
  readonly source: DataSource;
  /** The file's name, shown to the model. */
  readonly name?: string | undefined;
}

/** What the model thought, as far as the provider shows it. May be empty where only `providerData` holds the thought. */
export interface ReasoningBlock extends BlockBase {
  readonly type: "reasoning";
  readonly text: string;
}

/** The model asks for a tool. */
export interface ToolUseBlock extends BlockBase {
  readonly type: "tool-use";
  /** Pairs this call with its `tool-result`. */
  readonly id: string;
  readonly name: string;
  /** The arguments; `null` where the model's text is no JSON. */
  readonly input: JsonValue;
  /** The exact text the model wrote, where `JSON.stringify(input)` would not give it back. */
  readonly inputText?: string | undefined;
}

/** What may stand in a tool's result besides plain text. */
export type ToolResultContent = TextBlock | ImageBlock | FileBlock;

/** What a tool gave back. */
export interface ToolResultBlock extends BlockBase {
  readonly type: "tool-result";
  /** The `id` of the `tool-use` block that this answers. */
  readonly toolCallId: string;
  readonly content: string | readonly ToolResultContent[];
  /** Set where the tool failed, was denied or was interrupted. */
  readonly isError?: true | undefined;
}

/** A tool that the provider ran by itself, such as a web search. Nothing has to be answered. */
export interface HostedToolBlock extends BlockBase {
  readonly type: "hosted-tool";
  /** `"web-search"`, `"image-generation"`, `"code-interpreter"`, `"file-search"`, `"mcp"`, or what the provider calls it. */
  readonly name: string;
  /** How it went, in the provider's words: `"completed"`, `"failed"`. */
  readonly status?: string | undefined;
  /** What it was asked, as far as the provider says: a query, a page, code. */
  readonly input: JsonObject;
  /** What came of it as text, where the provider says. */
  readonly output?: string | undefined;
  /** The pages that it found, opened or searched, where the provider names them. */
  readonly sources?: readonly Source[] | undefined;
}

/** An item that axio has no name for. It is kept whole in `providerData` and replayed to the provider it came from. */
export interface OpaqueBlock extends BlockBase {
  readonly type: "opaque";
  /** The provider's name for the kind of item, `"web_search_call"` for one. */
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
