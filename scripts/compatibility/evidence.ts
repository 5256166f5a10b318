/** A framework or client, and the test that shows that it works. */
export interface Evidence {
  readonly name: string;
  /** The package whose installed version is reported. */
  readonly package: string;
  /** The workspace package that installs it. Default: the root. */
  readonly of?: string;
  readonly feature: string;
  readonly file: string;
  /** A text of the test's title, or of its list of cases. */
  readonly title: string;
}

const ENDPOINTS = "packages/axio-ai-sdk/test/chat-endpoints.test.ts";
const ENDPOINT = "A chat endpoint: a stream, and a page that leaves";
const AI_SDK = "packages/axio-ai-sdk/test/ai-sdk.test.ts";
const AI_SDK_FEATURE = "Text, tool loops, objects, images, aborts, errors";

/** The frameworks and clients that the page names. */
export const FRAMEWORKS: readonly Evidence[] = [
  { name: "Hono", package: "hono", feature: ENDPOINT, file: ENDPOINTS, title: '"Hono"' },
  { name: "Express", package: "express", feature: ENDPOINT, file: ENDPOINTS, title: '"Express"' },
  { name: "Fastify", package: "fastify", feature: ENDPOINT, file: ENDPOINTS, title: '"Fastify"' },
  {
    name: "`useChat` of the AI SDK, in Chromium",
    package: "@ai-sdk/react",
    feature: "Streamed text, a tool call, stop, errors",
    file: "test/browser/use-chat.test.ts",
    title: "shows text while it streams, and continues the conversation",
  },
  {
    name: "AI SDK 7",
    package: "ai",
    of: "axio-ai-sdk",
    feature: AI_SDK_FEATURE,
    file: AI_SDK,
    title: "describe.each(VERSIONS)",
  },
  {
    name: "AI SDK 6",
    package: "ai-6",
    of: "axio-ai-sdk",
    feature: AI_SDK_FEATURE,
    file: AI_SDK,
    title: "ai-6",
  },
  {
    name: "AI SDK 5",
    package: "ai-5",
    of: "axio-ai-sdk",
    feature: AI_SDK_FEATURE,
    file: AI_SDK,
    title: "ai-5",
  },
  {
    name: "OpenAI Agents SDK",
    package: "@openai/agents-core",
    of: "axio-agents-sdk",
    feature: "Tool loops, handoffs, streams, objects",
    file: "packages/axio-agents-sdk/test/agents-sdk.test.ts",
    title: "an agent runs a tool loop, and its reasoning goes back to the model",
  },
];

/** Runs of the transports of `/edge` in a browser, apart from bundlers. */
export const BROWSER: Omit<Evidence, "package"> = {
  name: "Chromium",
  feature:
    "`axio-transport-openai/edge`, `axio-transport-anthropic/edge` and `axio-transport-codex/edge`: streams, tools, aborts, errors",
  file: "test/browser/edge.test.ts",
  title: "stream from OpenAI, Claude and the Codex backend with a key of a function",
};
