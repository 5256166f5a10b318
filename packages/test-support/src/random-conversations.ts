import {
  Agent,
  AxioError,
  type CompletionTransport,
  compactContext,
  defineTool,
  type JsonObject,
  MemoryContextStore,
  type Message,
  type StreamEvent,
  type Tool,
  userMessage,
} from "axio";
import { MemoryCredentialStore } from "axio-auth";
import type { ChatGPTSimulator, Simulator } from "axio-simulator";
import { ChatGPTTransport } from "axio-transport-chatgpt";
import { CodexTransport } from "axio-transport-codex";
import { issued } from "./issued-credentials.ts";
import { randomNumbers } from "./random-numbers.ts";

/** Returns a transport for each route: Codex over SSE and over a WebSocket, and "Sign in with ChatGPT". */
export function transportsOfAllRoutes(
  codex: Simulator,
  plan: ChatGPTSimulator,
): readonly (CodexTransport | ChatGPTTransport)[] {
  const shared = { model: "gpt-5.5", retry: { maxRetries: 2, baseDelayMs: 0 } };
  const codexOptions = {
    ...shared,
    credentials: new MemoryCredentialStore(codex.issueCredentials()),
    baseUrl: codex.baseUrl,
    issuer: codex.issuer,
  };
  return [
    new CodexTransport(codexOptions),
    new CodexTransport({ ...codexOptions, transport: "websocket" }),
    new ChatGPTTransport({
      ...shared,
      credentials: new MemoryCredentialStore(issued(plan)),
      baseUrl: plan.apiBaseUrl,
      issuer: plan.issuer,
    }),
  ];
}

/** The options of {@link converse}. */
export interface RandomConversationOptions {
  readonly conversations: number;
  readonly turns: number;
  /** The same seed gives the same conversations. */
  readonly seed: number;
  /** The transports to switch between, each to a strict simulator. */
  readonly transports: readonly CompletionTransport[];
}

/** The outcome of {@link converse}. */
export interface RandomConversationReport {
  readonly turns: number;
  /** How many turns of each kind there were. */
  readonly kinds: Readonly<Record<string, number>>;
  /** A sentence for each conversation that cannot go on, and each prompt or tool result that is lost or repeated. */
  readonly problems: readonly string[];
}

const SCHEMAS: readonly JsonObject[] = [
  { type: "object" },
  { type: "object", properties: { n: { type: "number" }, list: { type: "array" } } },
  { anyOf: [{ type: "object", properties: { n: { type: "number", minimum: 0 } } }] },
  { $ref: "#/$defs/Input", $defs: { Input: { type: "object", properties: { n: { type: "integer" } } } } },
  { type: "object", properties: { n: { type: "number" }, url: { type: "string", format: "uri" } } },
  { type: "object", properties: { n: { type: "number" }, pair: { type: "array", items: [{}, {}] } } },
];

const cycle: Record<string, unknown> = {};
cycle["self"] = cycle;
const OUTPUTS: readonly (() => unknown)[] = [
  () => "fine",
  () => "cut in the middle \ud83d",
  () => "x".repeat(200_000),
  () => undefined,
  () => 10n ** 30n,
  () => cycle,
  () => new Map([["a", new Set([1])]]),
  () => new Error("returned"),
  () => new Uint8Array(8),
  () => [{ type: "image", mediaType: "image/svg+xml", source: { kind: "base64", data: "PHN2Zy8+" } }],
  () => {
    throw new Error("thrown");
  },
  () => {
    throw new AggregateError([new Error("one"), "two"], "several");
  },
];

/** A history of another provider, with names and text that the Responses API rejects. */
const FOREIGN: readonly Message[] = [
  {
    role: "assistant",
    content: [
      { type: "reasoning", text: "Elsewhere.", providerData: { other: { signature: "s" } } },
      { type: "tool-use", id: "toolu:1", name: "my.tool", input: { half: "\ud83d" } },
    ],
  },
  { role: "user", content: [{ type: "tool-result", toolCallId: "toolu:1", content: "half \udc00" }] },
];

/**
 * Has conversations of random turns: tools with random schemas and outputs, interruptions, faults, other providers and
 * compaction. Afterwards each must still get a response.
 */
export async function converse(options: RandomConversationOptions): Promise<RandomConversationReport> {
  const random = randomNumbers(options.seed);
  const kinds: Record<string, number> = {};
  const problems: string[] = [];
  for (let number = 0; number < options.conversations; number += 1) {
    const conversation = new RandomConversation(options.transports, random);
    for (let turn = 0; turn < options.turns; turn += 1) {
      const kind = await conversation.turn(turn);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    problems.push(...(await conversation.finish()).map((problem) => `conversation ${number}: ${problem}`));
  }
  return { turns: options.conversations * options.turns, kinds, problems };
}

class RandomConversation {
  readonly #context = new MemoryContextStore();
  readonly #transports: readonly CompletionTransport[];
  readonly #random: () => number;
  readonly #tools: readonly Tool[];
  readonly #executions = new Map<number, number>();
  readonly #problems: string[] = [];
  /** The prompts that the history must hold. */
  #prompts: string[] = [];
  #calls = 0;
  #stop: (() => void) | undefined;

  constructor(transports: readonly CompletionTransport[], random: () => number) {
    this.#transports = transports;
    this.#random = random;
    this.#tools = ["one", "two"].map((name) => this.#tool(name));
  }

  async turn(number: number): Promise<string> {
    const kind = this.#pick([
      "text",
      "tools",
      "abort",
      "abort-tool",
      "retry",
      "failure",
      "foreign",
      "compact",
    ]);
    switch (kind) {
      case "text":
        await this.#run(number, "think Let me see\nsay Hello");
        break;
      case "tools":
        await this.#run(number, `think First\n${this.#call()}\n${this.#call()}\nthen\nsay {{result 1}}`);
        break;
      case "abort":
        await this.#run(number, "think Hm\nsay A long response", {
          stopAt: this.#pick(["reasoning-delta", "text-delta", "block-end"]),
        });
        break;
      case "abort-tool":
        await this.#run(number, `${this.#call()}\nthen\nsay Never`, { stopAt: "tool" });
        break;
      case "retry":
        await this.#run(number, `${this.#call()}\nfail eof attempts=1\nthen\nsay After`);
        break;
      case "failure":
        await this.#run(number, "think Oh\nsay Half\nfail overloaded", { mayFail: true });
        break;
      case "foreign":
        await this.#context.append(FOREIGN);
        break;
      case "compact":
        await this.#check();
        await compactContext(this.#context, {
          keepTokens: 200,
          strategy: async () => [userMessage("Earlier messages.")],
        });
        this.#prompts = [];
        break;
    }
    return kind;
  }

  /** Sends a last prompt and returns all problems. */
  async finish(): Promise<readonly string[]> {
    await this.#run(999, "say Done");
    await this.#check();
    for (const [call, count] of this.#executions) {
      if (count > 1) this.#problems.push(`call ${call} ran ${count} times`);
    }
    return this.#problems;
  }

  async #run(
    turn: number,
    script: string,
    {
      stopAt,
      mayFail = false,
    }: { readonly stopAt?: StreamEvent["type"] | "tool"; readonly mayFail?: boolean } = {},
  ): Promise<void> {
    const agent = new Agent({ transport: this.#pick(this.#transports), tools: this.#tools });
    const prompt = `prompt ${turn}\n${script}`;
    this.#prompts.push(prompt);
    const stream = agent.runStream(prompt, { context: this.#context });
    this.#stop = stopAt === "tool" ? () => stream.abort() : undefined;
    try {
      for await (const event of stream) if (event.type === stopAt) stream.abort();
    } catch (error) {
      const isExpected = stopAt === undefined ? mayFail : AxioError.is(error, "aborted");
      if (!isExpected)
        this.#problems.push(`turn ${turn} (${script.replaceAll("\n", " | ")}) failed: ${error}`);
    }
    this.#stop = undefined;
  }

  async #check(): Promise<void> {
    const messages = await this.#context.history();
    const blocks = messages.flatMap(({ content }) => content);
    const texts = blocks.map((block) => (block.type === "text" ? block.text : ""));
    for (const prompt of this.#prompts) {
      const count = texts.filter((text) => text === prompt).length;
      if (count !== 1) this.#problems.push(`${JSON.stringify(prompt)} is ${count} times in the history`);
    }
    messages.forEach(({ role, content }, index) => {
      if (role !== "assistant") return;
      const calls = content.flatMap((block) => (block.type === "tool-use" ? [block.id] : []));
      const results = (messages[index + 1]?.content ?? []).flatMap((block) =>
        block.type === "tool-result" ? [block.toolCallId] : [],
      );
      if (calls.join() !== results.slice(0, calls.length).join() || results.length !== calls.length) {
        this.#problems.push(`calls ${calls.join()} have the results ${results.join()}`);
      }
    });
  }

  #call(): string {
    this.#calls += 1;
    return `call ${this.#pick(["one", "two"])} {"n":${this.#calls}}`;
  }

  #tool(name: string): Tool {
    return defineTool({
      name,
      description: "Returns something.",
      inputSchema: this.#pick(SCHEMAS),
      strict: this.#random() < 0.5,
      execute: (input: JsonObject) => {
        const call = Number(input["n"]);
        this.#executions.set(call, (this.#executions.get(call) ?? 0) + 1);
        this.#stop?.();
        return this.#pick(OUTPUTS)() as string;
      },
    });
  }

  #pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error("There is nothing to pick from.");
    return value;
  }
}
