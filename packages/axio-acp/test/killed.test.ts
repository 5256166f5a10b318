import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";
import { createMachine, EditorPeer } from "./support/editor-peer.ts";

test("shows all of a session again after the agent was killed", needs(FULL_RUN), async () => {
  const machine = await createMachine();
  onTestFinished(() => machine.remove());
  const cwd = machine.folder;
  await writeFile(join(cwd, "a.txt"), "old\n");
  const first = await EditorPeer.start(machine);
  const { sessionId } = await first.agent.request("session/new", { cwd, mcpServers: [] });
  const send = (peer: EditorPeer, text: string): Promise<unknown> =>
    peer.agent.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
  await send(first, 'call patch_file {"path":"a.txt","edits":[{"oldText":"old","newText":"new"}]}');
  const run = send(first, "wait").catch(() => undefined);
  await first.until(() => first.textOf(sessionId).endsWith("Waiting."));
  await first.kill();
  await run;

  const second = await EditorPeer.start(machine);
  const loaded = await second.agent.request("session/load", { sessionId, cwd, mcpServers: [] });
  expect(loaded).toMatchObject({ modes: { currentModeId: "ask" }, configOptions: [{}, {}, {}] });
  const shown = second.updatesOf(sessionId).map((update) => {
    switch (update.sessionUpdate) {
      case "user_message_chunk":
      case "agent_message_chunk":
        return `${update.sessionUpdate.split("_")[0]}: ${update.content.type === "text" ? update.content.text : ""}`;
      case "tool_call":
        return `call: ${update.title} ${update.status}`;
      case "tool_call_update":
        return { status: update.status, content: update.content };
      default:
        return update.sessionUpdate;
    }
  });
  const diff = { type: "diff", path: join(cwd, "a.txt"), oldText: "old\n", newText: "new\n" };
  expect(shown.slice(0, 7)).toEqual([
    expect.stringMatching(/^user: call patch_file/),
    "agent: I call patch_file.",
    "call: Edit `a.txt` pending",
    { status: "completed", content: [diff] },
    "agent: Done.",
    "user: wait",
    // The text that was shown, or the note that says it was interrupted, depends on when it was killed.
    expect.stringMatching(/^agent: /),
  ]);
  expect(await send(second, "say on")).toEqual({ stopReason: "end_turn" });
  expect(await second.end()).toBe(0);
  expect([...first.faults, ...second.faults]).toEqual([]);
});
