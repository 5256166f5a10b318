import {
  Agent,
  AutoCompactingStore,
  compactContext,
  defineTextTool,
  defineTool,
  MemoryContextStore,
  ModelRegistry,
  summarizeWith,
  userMessage,
} from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { describe, expect, it } from "vitest";
import { anyTool, failure } from "./support.ts";

// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types
type Untyped = any;

const transport = () => new ScriptedTransport([textAnswer("Hello.")]);
const store = () => new MemoryContextStore();
const run = (prompt: Untyped, options?: Untyped): Promise<unknown> =>
  Promise.resolve().then(() => new Agent({ transport: transport() }).run(prompt, options));
const agent = (options?: Untyped): Agent => new Agent(options);
const tool = { name: "tool", description: "A tool.", execute: () => "" };
const plain = (options: Untyped): unknown => defineTool(options);

const MISTAKES: readonly (readonly [name: string, make: () => unknown, message: RegExp])[] = [
  // Agent
  ["new Agent()", () => agent(), /options of Agent are not an object/],
  [
    "new Agent({})",
    () => agent({}),
    /"transport" of Agent is missing\. Pass a transport, such as new CodexTransport/,
  ],
  [
    "transport: a class",
    () => agent({ transport: ScriptedTransport }),
    /"transport" of Agent cannot be used/,
  ],
  [
    "instructions",
    () => agent({ transport: transport(), instructions: "x" }),
    /no option "instructions"\. Did you mean "system"/,
  ],
  [
    "temperature: a string",
    () => run("Hi", { temperature: "0" }),
    /"temperature" of run.*Pass a number from 0/,
  ],
  ["topP: 5", () => run("Hi", { topP: 5 }), /a number from 0 to 1/],
  ["stop: a string", () => run("Hi", { stop: "END" }), /Pass a list: \["END"\]/],
  ["maxOutputTokens: 0", () => run("Hi", { maxOutputTokens: 0 }), /a whole number of tokens from 1/],
  ["max_tokens", () => run("Hi", { max_tokens: 5 }), /Did you mean "maxOutputTokens"/],
  ["stopSequences", () => run("Hi", { stopSequences: ["x"] }), /Did you mean "stop"/],
  ["sytem", () => agent({ transport: transport(), sytem: "x" }), /Did you mean "system"/],
  ["max_steps", () => agent({ transport: transport(), max_steps: 3 }), /Did you mean "maxSteps"/],
  [
    "temperature",
    () => agent({ transport: transport(), temperature: 1 }),
    /no option "temperature"\. Its options are: transport, system/,
  ],
  ["system: a list", () => agent({ transport: transport(), system: ["x"] }), /the system prompt as a string/],
  ["tools: an object", () => agent({ transport: transport(), tools: { tool } }), /Pass a list: \[tool/],
  [
    "tools: not defined",
    () => agent({ transport: transport(), tools: [anyTool("a", () => ""), tool] }),
    /defineTool\(\).*number 2 of the list/,
  ],
  [
    "guards: a function",
    () => agent({ transport: transport(), guards: () => ({ action: "allow" }) }),
    /"guards".*a list of functions/,
  ],
  ["maxSteps: a string", () => agent({ transport: transport(), maxSteps: "3" }), /"maxSteps".*whole number/],
  // Prompts
  ["no prompt", () => run(undefined), /neither a string nor a list of blocks/],
  [
    "messages as prompt",
    () => run([{ role: "user", content: "Hi" }]),
    /prompt has messages.*context: new MemoryContextStore/,
  ],
  ["a message as prompt", () => run({ role: "user", content: "Hi" }), /prompt has messages/],
  ["strings as prompt", () => run(["Hi"]), /Block 0 of the prompt is a string/],
  [
    "a block of another API",
    () => run([{ type: "input_text", text: "Hi" }]),
    /Block 0 of the prompt .*"input_text"/,
  ],
  [
    "a block without its data",
    () => run([{ type: "image", mediaType: "image/png" }]),
    /Block 0 of the prompt.*no valid "source"/,
  ],
  ["an empty prompt", () => run(""), /prompt and the history are empty/],
  ["no blocks", () => run([]), /prompt and the history are empty/],
  ["blank blocks", () => run([{ type: "text", text: " " }]), /prompt and the history are empty/],
  // Options of runs
  ["options: a store", () => run("Hi", store()), /"?id"?|no option/],
  [
    "context: messages",
    () => run("Hi", { context: [userMessage("a")] }),
    /new MemoryContextStore\(messages\)/,
  ],
  ["history", () => run("Hi", { history: [] }), /Did you mean "context"/],
  ["signal: a controller", () => run("Hi", { signal: new AbortController() }), /controller\.signal/],
  ["abortSignal", () => run("Hi", { abortSignal: new AbortController().signal }), /Did you mean "signal"/],
  [
    "model without capabilities",
    () => run("Hi", { model: { id: "gpt-5.5" } }),
    /"model".*the id alone \("gpt-5\.5"\).*add capabilities/,
  ],
  ["model: empty", () => run("Hi", { model: "" }), /"model".*id of a model/],
  ["reasoning: a string", () => run("Hi", { reasoning: "high" }), /\{ effort: "high" \}/],
  ["toolChoice: a name", () => run("Hi", { toolChoice: "tool" }), /\{ name: "tool" \}/],
  [
    "runObject without a schema",
    () => new Agent({ transport: transport() }).runObject("Hi", {} as Untyped),
    /runObject\(\) has no schema/,
  ],
  [
    "runObject with schema",
    () => new Agent({ transport: transport() }).runObject("Hi", { schema: {}, output: {} } as Untyped),
    /Did you mean "output"/,
  ],
  // Tools
  [
    "a tool without execute",
    () => plain({ ...tool, execute: undefined, inputSchema: { type: "object" } }),
    /"execute" of defineTool is missing/,
  ],
  [
    "a tool without description",
    () => plain({ ...tool, description: undefined, inputSchema: { type: "object" } }),
    /"description" of defineTool is missing/,
  ],
  [
    "a tool with parameters",
    () => plain({ ...tool, parameters: { type: "object" } }),
    /Did you mean "inputSchema"/,
  ],
  [
    "a tool with timeout",
    () => plain({ ...tool, inputSchema: { type: "object" }, timeout: 5 }),
    /Did you mean "timeoutMs"/,
  ],
  [
    "a tool with an option that all objects have",
    () => plain({ ...tool, inputSchema: { type: "object" }, constructor: 5 } as Untyped),
    /defineTool has no option "constructor"/,
  ],
  [
    "a text tool with a schema",
    () => defineTextTool({ ...tool, inputSchema: {} } as Untyped),
    /defineTextTool has no option "inputSchema"/,
  ],
  // Messages, stores, models
  [
    "content: a string",
    () => new MemoryContextStore([{ role: "user", content: "hi" }] as Untyped),
    /message 0 must have a list of blocks.*userMessage\(text\)/,
  ],
  [
    "an unknown role",
    () => new MemoryContextStore([{ role: "tool", content: [] }] as Untyped),
    /role "tool"/,
  ],
  ["no list", () => new MemoryContextStore("hi" as Untyped), /must be a list/],
  [
    "append of a string",
    () => store().append([{ role: "user", content: "hi" }] as Untyped),
    /message 0 must have a list of blocks/,
  ],
  [
    "userMessage of an object",
    () => userMessage({ text: "hi" } as Untyped),
    /neither a string nor a list of blocks/,
  ],
  [
    "no store",
    () => new AutoCompactingStore([] as Untyped, { maxTokens: 1, strategy: async () => [] }),
    /needs a context store/,
  ],
  [
    "no maxTokens",
    () => new AutoCompactingStore(store(), { strategy: async () => [] } as Untyped),
    /"maxTokens" of AutoCompactingStore is missing/,
  ],
  [
    "strategy: a transport",
    () => compactContext(store(), { strategy: transport() } as Untyped),
    /summarizeWith\(transport\)/,
  ],
  ["summarizeWith of nothing", () => summarizeWith(undefined as Untyped), /needs a transport/],
  ["models: ids", () => new ModelRegistry(["gpt-5.5"] as Untyped), /id of a model, or a model/],
  [
    "models without capabilities",
    () => new ModelRegistry([{ id: "gpt-5.5" }] as Untyped),
    /"gpt-5\.5".*add capabilities/,
  ],
];

describe("misuse from plain JavaScript is an error that names the fix", () => {
  it.each(MISTAKES)("%s", async (_name, make, message) => {
    const error = await failure(Promise.resolve().then(make));
    expect(error).toMatchObject({ code: "invalid-argument", message: expect.stringMatching(message) });
  });

  it("but an option that is undefined is an option that is omitted", async () => {
    const options = { transport: transport(), tools: undefined, sytem: undefined } as Untyped;
    expect((await agent(options).run("Hi", { model: undefined, context: undefined })).text).toBe("Hello.");
  });

  it("an empty string continues from a history, like an empty list", async () => {
    const context = new MemoryContextStore([userMessage("Hi")]);
    await new Agent({ transport: transport() }).run("", { context });
    expect(await context.history()).toHaveLength(2);
  });
});
