import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ContentBlock, NewSessionResponse, PromptResponse } from "@agentclientprotocol/sdk";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createMachine, EditorPeer, type Machine } from "./support/editor-peer.ts";

const TINY_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

let machine: Machine;
let peer: EditorPeer;

beforeAll(async () => {
  machine = await createMachine();
  peer = await EditorPeer.start(machine);
});

afterAll(async () => {
  expect(await peer.end(), peer.stderr).toBe(0);
  expect(peer.faults).toEqual([]);
  await machine.remove();
});

/** Opens a session in a folder of its own. */
async function newSession(name: string): Promise<NewSessionResponse & { readonly cwd: string }> {
  const cwd = join(machine.folder, name);
  await mkdir(cwd, { recursive: true });
  return { ...(await peer.agent.request("session/new", { cwd, mcpServers: [] })), cwd };
}

function prompt(sessionId: string, ...blocks: readonly (string | ContentBlock)[]): Promise<PromptResponse> {
  return peer.agent.request("session/prompt", {
    sessionId,
    prompt: blocks.map((block) => (typeof block === "string" ? { type: "text", text: block } : block)),
  });
}

describe("a conversation", () => {
  test("streams the answer, the reasoning and how full the context is", async () => {
    const { sessionId } = await newSession("talk");
    expect(await prompt(sessionId, "think")).toEqual({ stopReason: "end_turn" });
    expect(peer.textOf(sessionId)).toBe("After reasoning.");
    expect(peer.ofKind(sessionId, "agent_thought_chunk").map(({ content }) => content)).toEqual([
      { type: "text", text: "Hm." },
    ]);
    expect(peer.ofKind(sessionId, "usage_update")).toMatchObject([{ used: 15, size: 100_000 }]);
    expect(peer.ofKind(sessionId, "session_info_update")).toMatchObject([{ title: "think" }]);
  });

  test("gives the model files, images and links as the user added them", async () => {
    const { sessionId, cwd } = await newSession("blocks");
    const uri = pathToFileURL(join(cwd, "src", "a b.ts")).href;
    await prompt(
      sessionId,
      "seen",
      { type: "resource", resource: { uri: `${uri}#L1:2`, text: "let a;" } },
      { type: "resource_link", name: "a b.ts", uri },
      { type: "resource_link", name: "Docs", uri: "https://example.com/docs" },
      { type: "image", data: TINY_PNG, mimeType: "image/png" },
    );
    expect(JSON.parse(peer.textOf(sessionId))).toMatchObject([
      { type: "text", text: "seen" },
      { type: "text", text: '<file path="src/a b.ts">\nlet a;\n</file>' },
      { type: "text", text: "[a b.ts](src/a b.ts)" },
      { type: "text", text: "[Docs](https://example.com/docs)" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: TINY_PNG } },
    ]);
  });

  test("refuses audio and empty prompts", async () => {
    const { sessionId } = await newSession("audio");
    const audio = prompt(sessionId, { type: "audio", data: "AAAA", mimeType: "audio/wav" });
    await expect(audio).rejects.toMatchObject({ code: -32602, message: expect.stringMatching(/Audio/) });
    await expect(prompt(sessionId, " ")).rejects.toMatchObject({ code: -32602 });
  });

  test.each([
    ["max-output-tokens", "max_tokens"],
    ["refusal", "refusal"],
    ["content-filter", "refusal"],
  ])("says that a run ended with %s", async (reason, stopReason) => {
    const { sessionId } = await newSession(`end-${reason}`);
    expect(await prompt(sessionId, `end ${reason}`)).toEqual({ stopReason });
  });

  test("answers a run that failed with an error, and never with the end of the turn", async () => {
    const { sessionId } = await newSession("fail");
    await expect(prompt(sessionId, "fail usage-limit")).rejects.toMatchObject({
      code: -32603,
      message: "The service says: usage-limit.",
      data: { code: "usage-limit" },
    });
    await expect(prompt(sessionId, "end incomplete")).rejects.toMatchObject({ code: -32603 });
    await expect(prompt(sessionId, "fail refresh-token-expired")).rejects.toMatchObject({ code: -32000 });
    expect(await prompt(sessionId, "say again")).toEqual({ stopReason: "end_turn" });
  });

  test("says where a response starts again after the connection was lost", async () => {
    const { sessionId } = await newSession("lose");
    expect(await prompt(sessionId, "lose")).toEqual({ stopReason: "end_turn" });
    expect(peer.textOf(sessionId)).toMatch(/^Half an ans\n\n\*.*starts again:\*\n\nA whole answer\.$/);
    const [first, , last] = new Set(
      peer.ofKind(sessionId, "agent_message_chunk").map(({ messageId }) => messageId),
    );
    expect(first).not.toBe(last);
  });

  test("runs in two sessions at once", async () => {
    const [one, two] = await Promise.all([newSession("one"), newSession("two")]);
    const waiting = prompt(one.sessionId, "wait");
    await peer.until(() => peer.textOf(one.sessionId) !== "");
    expect(await prompt(two.sessionId, "say hello")).toEqual({ stopReason: "end_turn" });
    await expect(prompt(one.sessionId, "say more")).rejects.toThrow(/in progress/);
    await peer.agent.notify("session/cancel", { sessionId: one.sessionId });
    expect(await waiting).toEqual({ stopReason: "cancelled" });
    expect(peer.textOf(two.sessionId)).toBe("You said: say hello");
  });

  test("stops at the cancellation of the request, too", async () => {
    const { sessionId } = await newSession("cancel-request");
    const controller = new AbortController();
    const run = peer.agent.request(
      "session/prompt",
      { sessionId, prompt: [{ type: "text", text: "wait" }] },
      { cancellationSignal: controller.signal },
    );
    await peer.until(() => peer.textOf(sessionId) !== "");
    controller.abort();
    expect(await run).toEqual({ stopReason: "cancelled" });
  });
});

describe("tool calls", () => {
  test("show a change as a diff, ask before it, and follow the file", async () => {
    const { sessionId, cwd } = await newSession("edit");
    await writeFile(join(cwd, "a.txt"), "one\ntwo\nthree\n");
    const input = { path: "a.txt", edits: [{ oldText: "two", newText: "2" }] };
    expect(await prompt(sessionId, `call patch_file ${JSON.stringify(input)}`)).toEqual({
      stopReason: "end_turn",
    });
    const path = join(cwd, "a.txt");
    const diff = { type: "diff", path, oldText: "one\ntwo\nthree\n", newText: "one\n2\nthree\n" };
    expect(peer.permissions.at(-1)).toMatchObject({
      sessionId,
      toolCall: { toolCallId: "call-1", title: "Change a.txt", content: [diff] },
      options: [
        { kind: "allow_once" },
        { kind: "allow_always", name: "Allow in this session: all changes to files in this folder" },
        { kind: "allow_always", name: "Always allow in this folder: write: a.txt" },
        { kind: "reject_once" },
        { kind: "reject_always" },
      ],
    });
    const [started] = peer.ofKind(sessionId, "tool_call");
    expect(started).toMatchObject({ toolCallId: "call-1", kind: "edit", status: "pending" });
    const updates = peer.ofKind(sessionId, "tool_call_update");
    expect(updates[0]).toMatchObject({ title: "Edit `a.txt`", locations: [{ path }], rawInput: input });
    expect(updates.at(-1)).toMatchObject({ status: "completed", content: [diff] });
    expect(await readFile(path, "utf8")).toBe("one\n2\nthree\n");
  });

  test("tell the model when the user denies them, and remember answers for the session", async () => {
    const { sessionId, cwd } = await newSession("deny");
    const call = `call write_file ${JSON.stringify({ path: "new.txt", content: "x" })}`;
    const before = peer.permissions.length;
    peer.answer = () => ({ outcome: { outcome: "selected", optionId: "never" } });
    onTestFinished(() => {
      peer.answer = () => ({ outcome: { outcome: "selected", optionId: "once" } });
    });
    expect(await prompt(sessionId, call)).toEqual({ stopReason: "end_turn" });
    expect(peer.ofKind(sessionId, "tool_call_update").at(-1)).toMatchObject({ status: "failed" });
    await prompt(sessionId, call);
    expect(peer.permissions.length - before).toBe(1);
    expect(existsSync(join(cwd, "new.txt"))).toBe(false);
  });

  test("keep a rule that the user adds for the folder", async () => {
    const { sessionId } = await newSession("rule");
    const before = peer.permissions.length;
    peer.answer = ({ options }) => {
      const optionId = options.find(({ name }) => name.startsWith("Always"))?.optionId ?? "";
      return { outcome: { outcome: "selected", optionId } };
    };
    onTestFinished(() => {
      peer.answer = () => ({ outcome: { outcome: "selected", optionId: "once" } });
    });
    await prompt(sessionId, 'call write_file {"path":"docs/a.md","content":"x"}');
    await prompt(sessionId, 'call write_file {"path":"docs/b.md","content":"y"}');
    expect(peer.permissions.length - before).toBe(1);
    const settings = await readFile(join(machine.home, "state", "axio", "settings.json"), "utf8");
    expect(settings).toContain('"write: docs/**"');
  });

  test("show the output of a command while it runs, and stop it", async () => {
    const { sessionId, cwd } = await newSession("shell");
    const run = prompt(
      sessionId,
      `call shell ${JSON.stringify({ command: "echo begun; sleep 600; echo over > late" })}`,
    );
    await peer.until(() =>
      peer
        .ofKind(sessionId, "tool_call_update")
        .some(({ status, content }) => status === "in_progress" && JSON.stringify(content).includes("begun")),
    );
    expect(peer.permissions.at(-1)?.toolCall.content).toEqual([
      {
        type: "content",
        content: { type: "text", text: "```sh\necho begun; sleep 600; echo over > late\n```" },
      },
    ]);
    await peer.agent.notify("session/cancel", { sessionId });
    expect(await run).toEqual({ stopReason: "cancelled" });
    expect(peer.ofKind(sessionId, "tool_call_update").at(-1)).toMatchObject({ status: "failed" });
    expect(existsSync(join(cwd, "late"))).toBe(false);
  });

  test("withdraw their question when the run is stopped", async () => {
    const { sessionId } = await newSession("withdrawn");
    peer.answer = () => new Promise(() => undefined);
    onTestFinished(() => {
      peer.answer = () => ({ outcome: { outcome: "selected", optionId: "once" } });
    });
    const run = prompt(sessionId, 'call write_file {"path":"a.md","content":"x"}');
    await peer.until(() => peer.permissions.at(-1)?.sessionId === sessionId);
    await peer.agent.notify("session/cancel", { sessionId });
    expect(await run).toEqual({ stopReason: "cancelled" });
  });
});

describe("modes, models and commands", () => {
  test("are announced with the session, and change together", async () => {
    const { sessionId, modes, configOptions = [] } = await newSession("modes");
    expect(modes).toMatchObject({
      currentModeId: "ask",
      availableModes: [{ id: "ask" }, { id: "accept-edits", name: "Accept edits" }, { id: "plan" }],
    });
    expect(configOptions).toMatchObject([
      { id: "mode", category: "mode", currentValue: "ask" },
      { id: "model", category: "model", currentValue: "scripted/large" },
      { id: "effort", category: "thought_level", currentValue: "low" },
    ]);
    await peer.agent.request("session/set_mode", { sessionId, modeId: "plan" });
    expect(peer.ofKind(sessionId, "config_option_update").at(-1)?.configOptions[0]).toMatchObject({
      currentValue: "plan",
    });
    const changed = await peer.agent.request("session/set_config_option", {
      sessionId,
      configId: "mode",
      value: "accept-edits",
    });
    expect(changed.configOptions[0]).toMatchObject({ currentValue: "accept-edits" });
    expect(peer.ofKind(sessionId, "current_mode_update")).toMatchObject([{ currentModeId: "accept-edits" }]);
    const before = peer.permissions.length;
    await prompt(sessionId, 'call write_file {"path":"a.md","content":"x"}');
    expect(peer.permissions.length).toBe(before);
  });

  test("the selected model and reasoning effort are used", async () => {
    const { sessionId } = await newSession("models");
    const set = (configId: string, value: string): ReturnType<typeof peer.agent.request> =>
      peer.agent.request("session/set_config_option", { sessionId, configId, value });
    await set("effort", "high");
    await prompt(sessionId, "model");
    expect(peer.textOf(sessionId)).toBe("default high");
    expect(await set("model", "scripted/small")).toMatchObject({
      configOptions: [{ id: "mode" }, { currentValue: "scripted/small" }],
    });
    await prompt(sessionId, "model");
    expect(peer.textOf(sessionId)).toBe("default highsmall none");
    await expect(set("model", "scripted/huge")).rejects.toMatchObject({ code: -32602 });
    await expect(set("effort", "low")).rejects.toMatchObject({ code: -32602 });
  });

  test("offers the user's own commands, and sends their text", async () => {
    const commands = join(machine.home, "state", "axio", "commands");
    await mkdir(commands, { recursive: true });
    await writeFile(
      join(commands, "review.md"),
      "---\ndescription: Review a file\n---\nsay Review $ARGUMENTS",
    );
    const { sessionId } = await newSession("commands");
    await peer.until(() => peer.ofKind(sessionId, "available_commands_update").length > 0);
    expect(peer.ofKind(sessionId, "available_commands_update")[0]?.availableCommands).toEqual([
      { name: "compact", description: expect.any(String) },
      { name: "init", description: expect.any(String), input: { hint: expect.any(String) } },
      { name: "review", description: "Review a file", input: { hint: "[text]" } },
    ]);
    await prompt(sessionId, "/review main.ts");
    expect(peer.textOf(sessionId)).toBe("You said: say Review main.ts");
    expect(await prompt(sessionId, "/compact")).toEqual({ stopReason: "end_turn" });
  });

  test("says that what the folder brings is not used before the user trusts it", async () => {
    const cwd = join(machine.folder, "foreign");
    await mkdir(cwd);
    await writeFile(join(cwd, "AGENTS.md"), "Do as I say.");
    const { sessionId } = await newSession("foreign");
    await peer.until(() => peer.ofKind(sessionId, "notice").length > 0);
    expect(peer.ofKind(sessionId, "notice")).toMatchObject([
      { severity: "warning", title: expect.stringMatching(/AGENTS\.md.*axio trust grant/) },
    ]);
  });
});

describe("stored sessions", () => {
  test("are listed by folder, and deleted", async () => {
    const { sessionId, cwd } = await newSession("listed");
    await prompt(sessionId, "say first");
    const { sessions } = await peer.agent.request("session/list", { cwd });
    expect(sessions).toEqual([
      { sessionId, cwd, title: "say first", updatedAt: expect.stringMatching(/^\d{4}-/) },
    ]);
    await peer.agent.request("session/delete", { sessionId });
    expect(await peer.agent.request("session/list", { cwd })).toEqual({ sessions: [] });
    await expect(prompt(sessionId, "say more")).rejects.toMatchObject({ code: -32002 });
  });

  test("are empty until the first prompt, and then not stored", async () => {
    const { sessionId, cwd } = await newSession("empty");
    await peer.agent.request("session/close", { sessionId });
    expect(await peer.agent.request("session/list", { cwd })).toEqual({ sessions: [] });
    await expect(
      peer.agent.request("session/load", { sessionId, cwd, mcpServers: [] }),
    ).rejects.toMatchObject({ code: -32002 });
  });

  test("continue without a replay", async () => {
    const { sessionId, cwd } = await newSession("resumed");
    await prompt(sessionId, "say first");
    await peer.agent.request("session/close", { sessionId });
    const before = peer.updatesOf(sessionId).length;
    const resumed = await peer.agent.request("session/resume", { sessionId, cwd });
    expect(resumed).toMatchObject({ modes: { currentModeId: "ask" }, configOptions: [{}, {}, {}] });
    await prompt(sessionId, "say second");
    const kinds = peer
      .updatesOf(sessionId)
      .slice(before)
      .map(({ sessionUpdate }) => sessionUpdate);
    expect(kinds).not.toContain("user_message_chunk");
  });

  test("need a folder that exists", async () => {
    const missing = { cwd: join(machine.folder, "missing"), mcpServers: [] };
    await expect(peer.agent.request("session/new", missing)).rejects.toThrow(/There is no folder/);
    await expect(peer.agent.request("session/new", { cwd: "relative", mcpServers: [] })).rejects.toThrow(
      /absolute/,
    );
    await expect(
      peer.agent.request("session/new", {
        cwd: machine.folder,
        mcpServers: [],
        additionalDirectories: ["/tmp"],
      }),
    ).rejects.toThrow(/one folder/);
  });
});

test("gives the model the tools of the editor's MCP servers", async () => {
  const cwd = join(machine.folder, "mcp");
  await mkdir(cwd);
  const server = join(import.meta.dirname, "support", "mcp-server.mjs");
  const { sessionId } = await peer.agent.request("session/new", {
    cwd,
    mcpServers: [{ name: "own", command: process.execPath, args: [server, `\${HOME}`], env: [] }],
  });
  expect(await prompt(sessionId, "call own__where {}")).toEqual({ stopReason: "end_turn" });
  expect(peer.permissions.at(-1)).toMatchObject({ toolCall: { title: "Call where of the MCP server own" } });
  const [content] = peer.ofKind(sessionId, "tool_call_update").at(-1)?.content ?? [];
  expect(content).toMatchObject({ content: { text: expect.stringContaining(`${cwd} \${HOME}`) } });
});
