import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Agent,
  AxioError,
  type CompletionTransport,
  defineTool,
  type StreamRequest,
  userMessage,
} from "axio";
import {
  type Recordings,
  recordTransport,
  replayTransport,
  ScriptedTransport,
  textAnswer,
  toolAnswer,
  toolUse,
} from "axio/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "axio-recordings-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** Answers each request with its last text. */
function echo(prefix = ""): CompletionTransport {
  const answer = ({ messages }: StreamRequest) => {
    const [block] = messages.at(-1)?.content ?? [];
    return textAnswer(`${prefix}${block?.type === "text" ? block.text : ""}`);
  };
  return new ScriptedTransport(Array.from({ length: 20 }, () => answer));
}

function ask(transport: CompletionTransport, prompt: string, system?: string): Promise<string> {
  return new Agent({ transport, ...(system !== undefined && { system }) })
    .run(prompt)
    .then(({ text }) => text);
}

async function onlyFile(): Promise<string> {
  const [name = ""] = await readdir(folder);
  return readFile(join(folder, name), "utf8");
}

describe("recordTransport and replayTransport", () => {
  it("replays a run with tools, in which the tools run again", async () => {
    const inputs: unknown[] = [];
    const add = defineTool({
      name: "add",
      description: "Adds.",
      inputSchema: { type: "object", properties: { left: { type: "number" } } },
      execute: (input) => {
        inputs.push(input);
        return "5";
      },
    });
    const scripted = new ScriptedTransport([
      toolAnswer(toolUse("1", "add", { left: 2 })),
      textAnswer("It is 5."),
    ]);
    const recorded = recordTransport(scripted, { recordings: folder });
    const first = await new Agent({ transport: recorded, tools: [add] }).run("What is 2 + 3?");
    const replay = replayTransport({ recordings: folder });
    const second = await new Agent({ transport: replay, tools: [add] }).run("What is 2 + 3?");
    expect(second).toEqual(first);
    expect([replay.name, replay.model.id, inputs.length]).toEqual(["Scripted", "scripted", 2]);
    expect(scripted.requests).toHaveLength(2);
  });

  it("writes one readable file for each request, named after its text", async () => {
    const transport = recordTransport(echo(), { recordings: folder });
    await ask(transport, "How is the weather in Oslo?");
    const [name] = await readdir(folder);
    expect(name).toMatch(/^how-is-the-weather-in-oslo-[a-z0-9]{10}\.json$/);
    const lines = (await onlyFile()).split("\n");
    expect(lines.filter((line) => line.includes('"text-delta"'))).toHaveLength(6);
  });

  it("does not depend on the order of parallel requests", async () => {
    const transport = recordTransport(echo(), { recordings: folder });
    await Promise.all(["a", "b", "c"].map((prompt) => ask(transport, prompt)));
    const replay = replayTransport({ recordings: folder });
    expect(await Promise.all(["c", "a", "b"].map((prompt) => ask(replay, prompt)))).toEqual(["c", "a", "b"]);
  });

  it("replays the responses to a repeated request in order, then the last one", async () => {
    const scripted = new ScriptedTransport([textAnswer("One."), textAnswer("Two.")]);
    const transport = recordTransport(scripted, { recordings: folder });
    await ask(transport, "Count");
    await ask(transport, "Count");
    const replay = replayTransport({ recordings: folder });
    const texts = [await ask(replay, "Count"), await ask(replay, "Count"), await ask(replay, "Count")];
    expect(texts).toEqual(["One.", "Two.", "Two."]);
  });

  it("names the nearest recording and where a request differs", async () => {
    const transport = recordTransport(echo(), { recordings: folder });
    await ask(transport, "Write about the sea and its many fish", "Be brief.");
    await ask(transport, "Something else", "Be long.");
    const replay = replayTransport({ recordings: folder });
    const asked = ask(replay, "Write about the sea and its many ships", "Be brief.");
    await expect(asked).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(asked).rejects.toThrow(
      /nearest of 2 recordings is write-about-the-sea-[\w-]+\.json, which differs in:\n- messages\[0\]\.content\[0\]\.text: .*fish.* is recorded, .*ships.* was requested\n/,
    );
  });

  it("names the difference of long texts, in which an emoji comes first", async () => {
    const system = `👋 ${"x".repeat(200_000)}`;
    await ask(recordTransport(echo(), { recordings: folder }), "Hi", `${system} one.`);
    await expect(ask(replayTransport({ recordings: folder }), "Hi", `${system} two.`)).rejects.toThrow(
      /- system: …"x{19} one\." is recorded, …"x{19} two\." was requested/,
    );
  });

  it("says which tool is missing", async () => {
    const transport = recordTransport(echo(), { recordings: folder });
    await ask(transport, "Hi");
    const tools = [{ name: "add", description: "", inputSchema: { type: "object" } }] as const;
    const request = { system: "", messages: [userMessage("Hi")], tools };
    const stream = replayTransport({ recordings: folder }).stream(request);
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow(/- tools\[0\]: requested, but not recorded: .*"name":"add"/);
  });

  it("keeps secrets out of the files, and still finds the recording", async () => {
    const prompt = `Use sk-proj-0123456789abcdef and hunter2`;
    const options = { recordings: folder, secrets: ["hunter2"] };
    const scripted = new ScriptedTransport([
      toolAnswer(toolUse("1", "login", { password: "swordfish", api_key: "k-1" })),
      textAnswer("Bearer abcdefgh12345678 works"),
    ]);
    const login = defineTool({
      name: "login",
      description: "Signs in.",
      inputSchema: { type: "object", properties: { password: { type: "string" } } },
      execute: () => "hunter2 is right",
    });
    await new Agent({ transport: recordTransport(scripted, options), tools: [login] }).run(prompt);
    const texts = await Promise.all(
      (await readdir(folder)).map(async (name) => name + (await readFile(join(folder, name), "utf8"))),
    );
    expect(texts.join()).not.toMatch(/0123456789abcdef|hunter2|swordfish|k-1|abcdefgh12345678/);
    const replayed = await new Agent({ transport: replayTransport(options), tools: [login] }).run(prompt);
    expect(replayed.text).toBe("[hidden] works");
  });

  it("leaves out with normalize what changes from run to run", async () => {
    const normalize = (request: StreamRequest): StreamRequest => ({ ...request, system: "" });
    await ask(recordTransport(echo(), { recordings: folder, normalize }), "Hi", "It is 10:03.");
    expect(await ask(replayTransport({ recordings: folder, normalize }), "Hi", "It is 11:45.")).toBe("Hi");
  });

  it("replays failures after the events before them", async () => {
    const failure = new AxioError("rate-limit", "Too fast.", {
      retryable: true,
      retryAfterMs: 5,
      details: { status: 429 },
    });
    const scripted = new ScriptedTransport([
      () =>
        (async function* () {
          yield { type: "text-delta", index: 0, delta: "Hel" } as const;
          throw failure;
        })(),
    ]);
    await expect(ask(recordTransport(scripted, { recordings: folder }), "Hi")).rejects.toBe(failure);
    const error: unknown = await ask(replayTransport({ recordings: folder }), "Hi").catch(
      (thrown: unknown) => thrown,
    );
    expect(AxioError.is(error) && error.toJSON()).toEqual(failure.toJSON());
  });

  it("does not record a response that the caller left", async () => {
    const stream = new Agent({ transport: recordTransport(echo(), { recordings: folder }) }).runStream(
      "One two three",
    );
    for await (const event of stream) if (event.type === "text-delta") break;
    expect(await readdir(folder)).toEqual([]);
  });

  it("replaces the recordings of an earlier process", async () => {
    await ask(recordTransport(echo("old "), { recordings: folder }), "Hi");
    await ask(recordTransport(echo("new "), { recordings: folder }), "Hi");
    expect(await ask(replayTransport({ recordings: folder }), "Hi")).toBe("new Hi");
  });

  it("says that there are no recordings, and that a file is not a recording", async () => {
    expect(() => replayTransport({ recordings: join(folder, "missing") })).toThrow(
      /no recordings in .*missing/,
    );
    await writeFile(join(folder, "a.json"), "{}");
    expect(() => replayTransport({ recordings: folder })).toThrow(/a\.json is not a recording/);
  });

  it("keeps recordings in another place", async () => {
    const texts = new Map<string, string>();
    const recordings: Recordings = {
      place: "memory",
      list: () => [...texts.keys()],
      read: (name) => texts.get(name),
      write: (name, text) => void texts.set(name, text),
    };
    await ask(recordTransport(echo(), { recordings }), "Hi");
    expect(await ask(replayTransport({ recordings }), "Hi")).toBe("Hi");
  });
});
