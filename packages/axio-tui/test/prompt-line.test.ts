import { messageText } from "axio";
import { textAnswer } from "axio/testing";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./support/project.ts";
import { startApp, temporarySessions } from "./support/running-app.ts";
import { KEYS } from "./support/virtual-screen.ts";

const CTRL_R = "\x12";
const CTRL_UNDERSCORE = "\x1f";

describe("earlier prompts", () => {
  it("are found with Ctrl-R, also those of earlier runs, and put into the prompt line", async () => {
    const sessions = await temporarySessions();
    for (const text of ["explain borrowing", "write a test", "explain lifetimes"])
      await sessions.addPrompt(text, "/project");
    const app = await startApp({ sessions });
    await app.screen.shows("Scripted One");
    app.keyboard.type(CTRL_R);
    const list = await app.screen.shows("Earlier prompts");
    expect(list).toMatch(/explain lifetimes\n.*write a test\n.*explain borrowing/);
    app.keyboard.type("borrow");
    await app.screen.shows((screen) => !screen.includes("lifetimes"));
    app.keyboard.type(KEYS.enter);
    await app.screen.shows(/[›>] explain borrowing\n/);
  });

  it("replace a draft that Ctrl-_ brings back", async () => {
    const sessions = await temporarySessions();
    await sessions.addPrompt("earlier", "/project");
    const app = await startApp({ sessions });
    await app.screen.shows("Scripted One");
    app.keyboard.type("a draft");
    app.keyboard.type(CTRL_R);
    await app.screen.shows("Earlier prompts");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows(/[›>] earlier\n/);
    app.keyboard.type(CTRL_UNDERSCORE);
    await app.screen.shows(/[›>] a draft\n/);
  });

  it("include what Ctrl-C cleared", async () => {
    const app = await startApp();
    await app.screen.shows("Scripted One");
    app.keyboard.type("half a sentence");
    app.keyboard.type(KEYS.ctrlC);
    await app.screen.shows("Press Ctrl-C again");
    app.keyboard.type(KEYS.up);
    await app.screen.shows(/[›>] half a sentence\n/);
  });
});

describe("Ctrl-_", () => {
  it("undoes words, cuts and pastes, one by one", async () => {
    const app = await startApp();
    await app.screen.shows("Scripted One");
    for (const letter of "one two") app.keyboard.type(letter);
    app.keyboard.type("\x15");
    await app.screen.shows("Ask anything");
    const states = [/[›>] one two\n/, /[›>] one\s*\n/, /Ask anything/];
    for (const state of states) {
      app.keyboard.type(CTRL_UNDERSCORE);
      await app.screen.shows(state);
    }
  });
});

describe("a command", () => {
  it.each([
    ["/new", "Scripted One"],
    ["/resume", "Sessions"],
    ["/status", "Folder"],
    ["/undo", "no changes to undo"],
    ["?", "Commands"],
  ])("has the name that users know from other programs: %s", async (name, shown) => {
    const app = await startApp({ rows: 60 });
    await app.screen.shows("Scripted One");
    app.say(name);
    expect(await app.screen.shows(shown)).not.toContain("There is no command");
  });

  it("/exit leaves", async () => {
    const app = await startApp();
    await app.screen.shows("Scripted One");
    app.say("/exit");
    expect(await app.exit).toBe(0);
  });

  it("/init asks the model for an AGENTS.md", async () => {
    const app = await startApp({ answers: [textAnswer("Written.")] });
    await app.screen.shows("Scripted One");
    app.say("/init");
    expect(await app.screen.shows("Written.")).toContain("AGENTS.md");
  });
});

describe("!command", () => {
  it("runs in the shell and the folder, shows its output, and gives it to the model with the next prompt", async () => {
    const cwd = await temporaryDirectory();
    const app = await startApp({
      cwd,
      env: { ...process.env, LANG: "C.UTF-8" },
      answers: [textAnswer("I see.")],
    });
    await app.screen.shows("Scripted One");
    app.say("!pwd; echo problem >&2; exit 3");
    const screen = await app.screen.shows("[exit code 3]");
    expect(screen).toContain(cwd);
    expect(screen).toContain("problem");
    expect(app.transports[0]?.requests ?? []).toHaveLength(0);
    app.say("What went wrong?");
    await app.screen.shows("I see.");
    const [request] = app.transports[0]?.requests ?? [];
    const text = messageText(request?.messages.at(-1) ?? { role: "user", content: [] });
    expect(text).toContain("What went wrong?");
    expect(text).toMatch(/<command line="pwd;[^\n]*end="exit code 3">\n[\s\S]*problem[\s\S]*<\/command>/);
    const again = await startApp({ sessions: app.sessions, cwd, start: { session: { type: "last" } } });
    const shown = await again.screen.shows("I see.");
    expect(shown).toMatch(/! pwd; echo problem[\s\S]*exit code 3[\s\S]*[›>] What went wrong\?/);
    expect(shown).not.toContain("<command");
  });

  it("is stopped with Escape, with all its processes, and keeps the output so far", async () => {
    const app = await startApp({ env: { ...process.env, LANG: "C.UTF-8" }, cwd: await temporaryDirectory() });
    await app.screen.shows("Scripted One");
    app.say("!echo begun; sleep 300 & sleep 300");
    await app.screen.shows(/└ begun/);
    await app.screen.shows("Running your command");
    app.keyboard.type(KEYS.escape);
    expect(await app.screen.shows("[stopped by the user]")).toContain("begun");
  });

  it("shows control characters of the output as text", async () => {
    const app = await startApp({ env: { ...process.env, LANG: "C.UTF-8" }, cwd: await temporaryDirectory() });
    await app.screen.shows("Scripted One");
    app.say(String.raw`!printf 'a\033]0;title\007b\n'`);
    await app.screen.shows(/✓ ! printf/);
    expect(app.screen.written).not.toContain("\x1b]0;title");
  });
});

it("leaves the whole conversation in the terminal's scrollback", async () => {
  const long = Array.from({ length: 60 }, (_, at) => `- line ${at}`).join("\n");
  const app = await startApp({ rows: 20, answers: [textAnswer(long)] });
  await app.screen.shows("Scripted One");
  app.say("Write a list.");
  await app.screen.shows("line 59");
  app.say("/exit");
  await app.exit;
  for (const text of ["Write a list.", "line 0", "line 30", "line 59", "axio --resume"])
    expect(app.screen.after).toContain(text);
});
