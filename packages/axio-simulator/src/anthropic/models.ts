/** A kind of `thinking` that a request may ask for. */
export type ThinkingType = "adaptive" | "enabled" | "disabled" | "between_tools";

/** One model of Claude. */
export interface ClaudeModel {
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: string;
  readonly contextWindow: number;
  readonly maxTokens: number;
  /** The kinds of `thinking` that the model accepts. */
  readonly thinking: readonly ThinkingType[];
  /** Whether the model thinks if the request says nothing. */
  readonly thinksByDefault: boolean;
  /** The efforts that the model accepts. Empty means that it accepts none. */
  readonly efforts: readonly string[];
  /** When a tool choice may force a call. */
  readonly forcedToolChoice: "always" | "without-thinking" | "never";
  /** Whether sampling parameters other than the defaults are accepted. */
  readonly samples: boolean;
  /** Whether the last message may be one of the assistant. */
  readonly acceptsPrefill: boolean;
  /** Whether a thinking block is bound to the model and to everything before it. */
  readonly bindsThinking: boolean;
  /** The default of `thinking.display`. */
  readonly display: "summarized" | "omitted";
  /** Whether text between tool calls is sent as thinking. */
  readonly thinksBetweenTools: boolean;
  /** Whether messages of the role `system` are accepted after the first. */
  readonly acceptsSystemMessages: boolean;
  /** The smallest prefix that the prompt cache keeps, in tokens. */
  readonly cacheMinimum: number;
  /** The largest number of images of a request. */
  readonly maxImages: number;
}

const ALL_EFFORTS = ["low", "medium", "high", "xhigh", "max"];

/** The models of autumn 2026, newest first. */
export const CLAUDE_MODELS: readonly ClaudeModel[] = [
  newest("claude-fable-5-2", "2026-11-10", { thinking: ["adaptive"] }),
  newest("claude-haiku-5-5", "2026-10-07", {
    thinking: ["adaptive", "disabled"],
    forcedToolChoice: "always",
    thinksBetweenTools: false,
  }),
  newest("claude-sonnet-5-5", "2026-09-28", { thinking: ["adaptive", "between_tools"] }),
  newest("claude-opus-5-5", "2026-09-22", { thinking: ["adaptive"] }),
  newest("claude-fable-5-1", "2026-08-30", { thinking: ["adaptive"] }),
  newest("claude-fable-5", "2026-07-01", {
    thinking: ["adaptive"],
    forcedToolChoice: "always",
    bindsThinking: false,
    thinksBetweenTools: false,
  }),
  newest("claude-opus-5", "2026-06-10", {
    thinking: ["adaptive", "disabled"],
    forcedToolChoice: "without-thinking",
    bindsThinking: false,
    thinksBetweenTools: false,
  }),
  newest("claude-sonnet-5", "2026-06-01", {
    thinking: ["adaptive", "disabled"],
    forcedToolChoice: "without-thinking",
    bindsThinking: false,
    thinksBetweenTools: false,
    acceptsSystemMessages: false,
    cacheMinimum: 1024,
  }),
  ...["claude-opus-4-8", "claude-opus-4-7"].map((id) =>
    newest(id, "2026-04-16", {
      thinking: ["adaptive", "disabled", "enabled"],
      thinksByDefault: false,
      forcedToolChoice: "without-thinking",
      bindsThinking: false,
      thinksBetweenTools: false,
      acceptsSystemMessages: id === "claude-opus-4-8",
      cacheMinimum: id === "claude-opus-4-8" ? 1024 : 2048,
    }),
  ),
  older("claude-opus-4-6", "2026-02-05", {
    contextWindow: 1_000_000,
    maxTokens: 128_000,
    thinking: ["adaptive", "enabled", "disabled"],
    efforts: ["low", "medium", "high", "max"],
    acceptsPrefill: false,
    cacheMinimum: 4096,
    maxImages: 600,
  }),
  older("claude-sonnet-4-6", "2026-02-17", {
    contextWindow: 1_000_000,
    thinking: ["adaptive", "enabled", "disabled"],
    efforts: ["low", "medium", "high", "max"],
    acceptsPrefill: false,
    cacheMinimum: 1024,
    maxImages: 600,
  }),
  older("claude-opus-4-5", "2025-11-01", { efforts: ["low", "medium", "high"], cacheMinimum: 4096 }),
  older("claude-haiku-4-5", "2025-10-01", { cacheMinimum: 4096 }),
  older("claude-sonnet-4-5", "2025-09-29", { cacheMinimum: 1024 }),
];

function newest(id: string, date: string, rest: Partial<ClaudeModel>): ClaudeModel {
  return {
    ...base(id, date),
    contextWindow: 1_000_000,
    maxTokens: 128_000,
    thinking: ["adaptive"],
    thinksByDefault: true,
    efforts: ALL_EFFORTS,
    forcedToolChoice: "never",
    samples: false,
    acceptsPrefill: false,
    bindsThinking: true,
    display: "omitted",
    thinksBetweenTools: true,
    acceptsSystemMessages: true,
    cacheMinimum: 512,
    maxImages: 600,
    ...rest,
  };
}

function older(id: string, date: string, rest: Partial<ClaudeModel>): ClaudeModel {
  return {
    ...base(id, date),
    contextWindow: 200_000,
    maxTokens: 64_000,
    thinking: ["enabled", "disabled"],
    thinksByDefault: false,
    efforts: [],
    forcedToolChoice: "without-thinking",
    samples: true,
    acceptsPrefill: true,
    bindsThinking: false,
    display: "summarized",
    thinksBetweenTools: false,
    acceptsSystemMessages: false,
    cacheMinimum: 1024,
    maxImages: 100,
    ...rest,
  };
}

function base(id: string, date: string): Pick<ClaudeModel, "id" | "displayName" | "createdAt"> {
  const displayName = id
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(" ")
    .replace(/(\d) (\d)/, "$1.$2");
  return { id, displayName, createdAt: `${date}T00:00:00Z` };
}

/** Finds a model by its id, with or without a date. */
export function findClaude(models: readonly ClaudeModel[], id: unknown): ClaudeModel | undefined {
  const name = String(id).replace(/-20\d{6}$/, "");
  return models.find((model) => model.id === id || model.id === name);
}
