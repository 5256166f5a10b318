import { AxioError, type JsonObject, type Message, type ToolDefinition } from "axio";
import { toWire } from "axio/internal";
import { type Dialect, GENERIC_DIALECT } from "../dialect/dialect.ts";
import { mergeJson } from "../json-members.ts";
import { markForCache } from "./cache-marks.ts";
import type { ChatMessage } from "./chat-message.ts";
import { convertMessages, systemTexts } from "./convert-messages.ts";
import { toHostedToolMembers } from "./hosted-tools.ts";
import { isOpenAIReasoningModel, needsResponsesApi } from "./openai-models.ts";
import { toOptionalMembers } from "./optional-members.ts";
import type { RequestOptions } from "./options.ts";
import { type ResponseFormatParam, toFormatMembers } from "./output-format.ts";
import { toReasoningMembers } from "./reasoning-members.ts";
import { ToolNames } from "./tool-names.ts";
import { type ToolChoiceParam, type ToolParam, toToolMembers } from "./tools.ts";

/** The body of `POST /chat/completions`. Further members depend on the dialect and on `extraBody`. */
export interface ChatBody {
  model: string;
  stream: true;
  stream_options?: JsonObject | undefined;
  tools?: ToolParam[] | undefined;
  tool_choice?: ToolChoiceParam | undefined;
  parallel_tool_calls?: boolean | undefined;
  response_format?: ResponseFormatParam | undefined;
  messages: ChatMessage[];
  [member: string]: unknown;
}

/** The content of a request. */
export interface ChatRequest {
  /** Default: {@link GENERIC_DIALECT}. */
  readonly dialect?: Dialect | undefined;
  /** The model's id, as the server names it. */
  readonly model: string;
  /** The system prompt. May be empty. */
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly options?: RequestOptions | undefined;
  /** Names host and model. Reasoning and signatures go back only if the decoder was given the same origin. */
  readonly origin?: string | undefined;
}

/** The members that a request sets itself, so that `extraBody` cannot change them. */
const OWN_MEMBERS: readonly string[] = [
  "model",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "response_format",
  "n",
];

/**
 * Builds the body of a streaming request.
 *
 * Any history, tool and schema gives a body that the server accepts; what does not fit is fitted, the same way each time, so
 * that a conversation can always go on and its cached prefix stays valid. Only what the user just wrote is refused.
 *
 * @throws AxioError `invalid-argument` if there is no message, for two tools of one name, and for a member of `extraBody`
 *   that the request sets itself; `unsupported-content` for an image or file in the newest message that the server does not
 *   read; `unsupported-parameter` for an option that the server does not have.
 *
 * @example
 * ```ts
 * import { userMessage } from "axio";
 * import { buildChatBody, DIALECTS } from "axio-chat-completions";
 *
 * const body = buildChatBody({
 *   dialect: DIALECTS.openrouter,
 *   model: "anthropic/claude-sonnet-5",
 *   system: "You are a coding agent.",
 *   messages: [userMessage("List the files")],
 *   tools: [],
 * });
 * ```
 */
export function buildChatBody(request: ChatRequest): ChatBody {
  const { dialect = GENERIC_DIALECT, model, tools, options = {}, origin } = request;
  assertChatTakesTools(request, dialect);
  const names = new ToolNames(tools, dialect);
  const toolMembers = toToolMembers(tools, options.toolChoice, names, dialect);
  const hasTools = toolMembers.tools !== undefined;
  const { responseFormat, instruction } = toFormatMembers(options.outputFormat, dialect);
  const foreignCall = dialect.foreignCalls.find(({ models }) => new RegExp(models).test(model))?.members;
  const conversation = convertMessages(request.messages, { dialect, names, origin, hasTools, foreignCall });
  if (conversation.length === 0) {
    throw new AxioError("invalid-argument", "There is no message to send. Write a prompt.");
  }
  const system = [request.system, ...systemTexts(request.messages), instruction ?? ""].filter(
    (text) => text.trim() !== "",
  );
  const role =
    dialect.systemRole === "developer-if-reasoning" && isOpenAIReasoningModel(model) ? "developer" : "system";
  const messages: ChatMessage[] = [
    ...(system.length === 0 ? [] : [{ role, content: system.join("\n\n") } as const]),
    ...conversation,
  ];
  const isMarked = dialect.cacheControlModels.some((prefix) => model.startsWith(prefix));
  const members = [
    dialect.body,
    hasTools || responseFormat !== undefined ? dialect.bodyWithTools : {},
    toReasoningMembers(options.reasoning, dialect),
    toHostedToolMembers(tools, dialect),
    toOptionalMembers(options, hasTools, dialect),
    checkedExtra(options.extraBody ?? {}),
  ].reduce(mergeJson, {});
  return toWire({
    model,
    stream: true,
    stream_options: dialect.streamOptions,
    ...members,
    ...toolMembers,
    response_format: responseFormat,
    messages: isMarked ? markForCache(messages) : messages,
  });
}

function checkedExtra(extra: JsonObject): JsonObject {
  const member = OWN_MEMBERS.find((name) => name in extra);
  if (member === undefined) return extra;
  throw new AxioError(
    "invalid-argument",
    `extraBody cannot set ${JSON.stringify(member)}, which the request sets itself. Remove it.`,
    { details: { parameter: member } },
  );
}

function assertChatTakesTools({ model, tools, options }: ChatRequest, dialect: Dialect): void {
  if (!dialect.openAIModels || tools.length === 0 || !needsResponsesApi(model, options?.reasoning?.effort))
    return;
  throw new AxioError(
    "unsupported-parameter",
    `${dialect.name} does not accept tools for the model ${model} on Chat Completions. Use the Responses API.`,
    { details: { parameter: "tools" } },
  );
}
