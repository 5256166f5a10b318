/** The names of reasoning in a delta, as servers have them. */
export type ReasoningMember =
  | "reasoning_content"
  | "reasoning"
  /** `reasoning` together with `reasoning_details`, which a client must send back. */
  | "reasoning_details"
  /** `reasoning` together with `reasoning_content` of the same text. */
  | "both"
  | "thinking"
  | "thinking_blocks"
  /** `content` as an array of parts. */
  | "parts"
  /** `<think>…</think>` in `content`, cut anywhere. */
  | "tags"
  /** As `tags`, without the opening tag. */
  | "closing-tag"
  /** None: the server does not show its reasoning. */
  | "none";

/** The oddities of a server of Chat Completions. The defaults are those of OpenAI. */
export interface ChatSwitches {
  /** The name of reasoning in a delta. */
  readonly reasoning: ReasoningMember;
  /** Whether a tool call is sent in pieces, or whole in one delta, or all calls of the response in one delta. */
  readonly calls: "pieces" | "whole" | "one-delta" | "interleaved" | "legacy";
  /** The `index` of tool calls. */
  readonly callIndex: "rising" | "zero" | "from-one" | "absent";
  /** The deltas that have the `id` of a tool call. */
  readonly callId: "first" | "every" | "never" | "then-empty" | "then-null" | "new-every-time";
  /** The deltas that have the `name` of a tool call. */
  readonly callName: "first" | "every" | "then-empty";
  /** The form of the arguments: a string, an object, `{}` glued before them, or nothing if they are `{}`. */
  readonly callArguments: "string" | "object" | "glued" | "omit-empty" | "empty-string";
  /** Whether calls have a signature that the server wants back, like Gemini. */
  readonly callSignatures: boolean;
  /** The event that has the usage. `asked` is an event of its own if the client asks for it. */
  readonly usage:
    | "asked"
    | "always"
    | "with-finish"
    | "every"
    | "no-choices"
    | "x_groq"
    | "in-choice"
    | "never";
  /** The members of the usage. */
  readonly usageShape: "openai" | "deepseek" | "moonshot" | "xai" | "anthropic" | "minimal";
  /** The value of `finish_reason`; `standard` is `stop` or `tool_calls`. Empty text is sent as it is. */
  readonly finish: "standard" | "stop" | "absent" | "null" | (string & {});
  /** The value of `native_finish_reason`. Default: the member is absent. */
  readonly nativeFinish: string | undefined;
  /** Whether `[DONE]` ends the stream. */
  readonly done: boolean;
  /** The deltas that have a role. */
  readonly role: "first" | "every" | "never";
  /** Comments before the first event. */
  readonly comments: readonly string[];
  /** Whether chunks have padding, unless the client refuses it. */
  readonly obfuscation: boolean;
  /** Azure's events: filter results before the first chunk, and chunks without a delta after the last. */
  readonly filterResults: boolean;
  /** Whether `choices` has an `index`. */
  readonly choiceIndex: boolean;
  /** Chunks whose delta is null, before the first text. */
  readonly nullDelta: boolean;
  /** Whether `id`, `model` and `created` are empty. */
  readonly emptyIds: boolean;
  /** Whether `stream: true` is ignored: a whole JSON body is sent. */
  readonly ignoresStream: boolean;
  /** Members of every chunk, such as `provider`. */
  readonly extraMembers: Readonly<Record<string, unknown>>;
  /** The form of an error body. */
  readonly errors:
    | "openai"
    | "azure"
    | "openrouter"
    | "array"
    | "mistral"
    | "flat"
    | "text"
    | "detail"
    | "validation";
  /** Whether a member that the server does not know is refused. */
  readonly unknownMembers: "refuse" | "ignore";
  /** Members that this server accepts and OpenAI does not. */
  readonly acceptedMembers: readonly string[];
  /** Members of OpenAI that this server refuses. */
  readonly refusedMembers: readonly string[];
  /** Whether the assistant must follow a tool message before the user does (Mistral). */
  readonly assistantAfterTool: boolean;
  /** Whether a request with tools must send the reasoning of its calls back (DeepSeek). */
  readonly wantsReasoning: boolean;
  /** Whether the roles `user` and `assistant` must alternate, as in the chat templates of local servers. */
  readonly alternatingRoles: boolean;
  /** Whether messages may have members that OpenAI does not know, such as `reasoning_content`. */
  readonly foreignMembers: boolean;
  /** Whether the role `developer` is accepted. */
  readonly developerRole: boolean;
  /** The pattern of the ids of tool calls. Default: none. */
  readonly callIdPattern: RegExp | undefined;
  /** Whether a rate limit is told by headers, and in whose form. */
  readonly rateLimits: "openai" | "none" | "azure" | "openrouter";
  /** The prefix of the id of a response. */
  readonly idPrefix: string;
  /** Whether a request needs no key, like that of a local server. */
  readonly keyless: boolean;
}

/** The behavior of OpenAI's own API. */
export const OPENAI_CHAT: ChatSwitches = {
  reasoning: "none",
  calls: "pieces",
  callIndex: "rising",
  callId: "first",
  callName: "first",
  callArguments: "string",
  callSignatures: false,
  usage: "asked",
  usageShape: "openai",
  finish: "standard",
  nativeFinish: undefined,
  done: true,
  role: "first",
  comments: [],
  obfuscation: true,
  filterResults: false,
  choiceIndex: true,
  nullDelta: false,
  emptyIds: false,
  ignoresStream: false,
  extraMembers: {},
  errors: "openai",
  unknownMembers: "refuse",
  acceptedMembers: [],
  refusedMembers: [],
  assistantAfterTool: false,
  wantsReasoning: false,
  alternatingRoles: false,
  foreignMembers: false,
  developerRole: true,
  callIdPattern: undefined,
  rateLimits: "openai",
  idPrefix: "chatcmpl-",
  keyless: false,
};
