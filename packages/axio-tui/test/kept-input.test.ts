import { join } from "node:path";
import { AxioError, userMessage } from "axio";
import { textAnswer } from "axio/testing";
import { openSessions } from "axio-context-sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "./support/project.ts";
import { startApp, temporarySessions } from "./support/running-app.ts";
import { KEYS } from "./support/virtual-screen.ts";

/** An answer that waits until it is stopped. */
async function* waiting({ signal }: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<never> {
  await new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

describe("a conversation belongs to its folder", () => {
  it("continues the last one of this folder, although another folder has a later one", async () => {
    const sessions = await temporarySessions();
    await sessions.create([userMessage("About this")], { directory: "/project" });
    await sessions.create([userMessage("About another")], { directory: "/other" });
    const app = await startApp({ sessions, start: { session: { type: "last" } } });
    const screen = await app.screen.shows("About this");
    expect(screen).not.toContain("About another");
  });

  it("begins a new one if only other folders have conversations", async () => {
    const sessions = await temporarySessions();
    await sessions.create([userMessage("About another")], { directory: "/other" });
    const app = await startApp({ sessions, start: { session: { type: "last" } } });
    const screen = await app.screen.shows("no stored conversation in this folder");
    expect(screen).not.toContain("About another");
  });

  it("says so if a conversation of another folder is continued by its id", async () => {
    const sessions = await temporarySessions();
    const { id } = await sessions.create([userMessage("About another")], { directory: "/other" });
    const app = await startApp({ sessions, start: { session: { type: "id", id } } });
    await app.screen.shows("from another folder: /other");
  });

  it("lists this folder first, and names the others", async () => {
    const sessions = await temporarySessions();
    await sessions.create([userMessage("About this")], { directory: "/project" });
    await sessions.create([userMessage("About another")], { directory: "/other" });
    const app = await startApp({ sessions });
    app.say("/sessions");
    const screen = await app.screen.shows("Other folders");
    expect(screen).toMatch(/This folder[\s\S]*About this[\s\S]*Other folders[\s\S]*About another.*\/other/);
  });

  it("is stored with the folder", async () => {
    const app = await startApp({ answers: [textAnswer("Hello.")] });
    app.say("Hi");
    await app.screen.shows("Hello.");
    expect(await app.sessions.list({ directory: "/project" })).toHaveLength(1);
  });
});

describe("a prompt is kept", () => {
  it.each([
    ["stopped before its first answer", waiting, KEYS.escape, "Stopped."],
    ["refused for the usage limit", new AxioError("usage-limit", "The limit is reached."), "", "is reached"],
    ["refused for itself", new AxioError("invalid-request", "Not like this."), "", "Not like this"],
  ])("that was %s", async (_title, answer, key, shown) => {
    const sessions = await temporarySessions();
    const app = await startApp({ sessions, answers: [answer] });
    app.say("Explain borrowing.");
    await app.screen.shows(key === "" ? shown : "Esc stops");
    if (key !== "") {
      app.keyboard.type(key);
      await app.screen.shows(shown);
    }
    app.keyboard.type(KEYS.ctrlC);
    app.keyboard.type(KEYS.ctrlC);
    await app.exit;
    const again = await startApp({ sessions, start: { session: { type: "last" } } });
    await again.screen.shows("Scripted One");
    again.keyboard.type(KEYS.up);
    await again.screen.shows((screen) => /^[›>] Explain borrowing\./m.test(screen));
  });

  it("in the prompt history of all folders, that of this folder first, and commands are not", async () => {
    const sessions = await temporarySessions();
    await sessions.addPrompt("from here", "/project");
    await sessions.addPrompt("from there", "/other");
    const app = await startApp({ sessions });
    await app.screen.shows("Scripted One");
    app.say("/help");
    await app.screen.shows("Esc close");
    app.keyboard.type(KEYS.escape);
    const again = await startApp({ sessions });
    await again.screen.shows("Scripted One");
    again.keyboard.type(KEYS.up);
    await again.screen.shows(/[›>] from here/);
    again.keyboard.type(KEYS.up);
    await again.screen.shows(/[›>] from there/);
  });
});

describe("what was not sent yet is kept", () => {
  it.each(["SIGTERM", "SIGHUP"] as const)("on %s: the draft, and the prompts that wait", async (signal) => {
    const path = join(await temporaryDirectory(), "sessions.db");
    const first = await openSessions({ path });
    const app = await startApp({ sessions: first, answers: [waiting] });
    app.say("First");
    await app.screen.shows("Esc stops");
    app.say("Second, queued");
    app.say("Third, queued");
    app.keyboard.type("and a draft");
    await app.screen.shows("and a draft");
    process.emit(signal);
    await app.exit;
    await first.close();
    const sessions = await openSessions({ path });
    onTestFinished(() => sessions.close());
    const again = await startApp({ sessions });
    const screen = await again.screen.shows("had not sent yet");
    expect(screen).toMatch(/Second, queued\n\s+Third, queued\n\s+and a draft/);
  });

  it("and offered in its folder only, once", async () => {
    const path = join(await temporaryDirectory(), "sessions.db");
    const first = await openSessions({ path });
    await first.saveDraft({ text: "half a sentence", queued: [] }, "/project");
    await first.close();
    const sessions = await openSessions({ path });
    onTestFinished(() => sessions.close());
    const other = await startApp({ sessions, cwd: "/other" });
    expect(await other.screen.shows("Scripted One")).not.toContain("half a sentence");
    const app = await startApp({ sessions });
    await app.screen.shows("half a sentence");
    const third = await startApp({ sessions });
    expect(await third.screen.shows("Scripted One")).not.toContain("half a sentence");
  });
});
