import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, defineTool } from "axio";
import { CURSOR, type ScreenInput } from "axio/plugin";
import { reasoningBlock, stepEnd, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./support/project.ts";
import { startApp, temporarySessions } from "./support/running-app.ts";
import { signInScreen } from "./support/sign-in-screen.ts";
import { MODEL } from "./support/test-options.ts";
import { KEYS } from "./support/virtual-screen.ts";

const ANSWER = `# Borrowing

The **borrow checker** watches references.

\`\`\`rust
let x = &y;
\`\`\`

1. One mutable reference
2. any number of shared ones

| Kind | Syntax |
|---|---|
| shared | \`&T\` |
`;

describe("a conversation", () => {
  it("shows the prompt and the answer as Markdown, and stores both", async () => {
    const app = await startApp({ answers: [textAnswer(ANSWER)] });
    await app.screen.shows("Ask anything");
    app.say("Explain borrowing.");
    await app.screen.shows((screen) => screen.includes("shared  &T") && !screen.includes("Esc stops"));
    expect(app.screen.text()).toMatchSnapshot();
    const [session] = await app.sessions.list();
    expect(session).toMatchObject({ preview: "Explain borrowing.", messageCount: 2 });
  });

  it.each([20, 40, 120])("fits into %i columns, without color and in ASCII", async (columns) => {
    const app = await startApp({
      answers: [textAnswer(ANSWER)],
      columns,
      rows: 30,
      env: { LANG: "C", NO_COLOR: "1", TERM: "xterm" },
    });
    app.say("Explain “borrowing” — please…");
    await app.screen.shows(
      (screen) => screen.includes("&T") && !screen.includes("Waiting") && !screen.includes("Answ"),
    );
    expect(app.screen.text()).toMatchSnapshot();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this matches characters beyond ASCII
    expect(app.screen.text()).not.toMatch(/[^\x00-\x7f]/);
    expect(app.screen.written).not.toMatch(/\[[0-9;]*3[0-7]m/);
  });

  it("folds reasoning, and unfolds it with Ctrl-O", async () => {
    const app = await startApp({
      answers: [
        [...reasoningBlock("**Weighing it**\n\nFirst this, then that."), ...textBlock("Done.", 1), stepEnd()],
      ],
    });
    app.say("Think.");
    const folded = await app.screen.shows("Done.");
    expect(folded).toContain("▸ Reasoning: Weighing it");
    expect(folded).not.toContain("First this");
    app.keyboard.type(KEYS.ctrlO);
    await app.screen.shows("First this, then that.");
  });

  it("shows an error, and what the user can do", async () => {
    const app = await startApp({
      answers: [new AxioError("usage-limit", "The limit of your plan is used up until 14:00.")],
    });
    app.say("Hello");
    const screen = await app.screen.shows("used up until 14:00");
    expect(screen).toContain("/usage shows the limits");
  });

  it("removes what a retry discards", async () => {
    const error = new AxioError("network", "The connection broke.", { retryable: true });
    const app = await startApp({
      answers: [
        [
          { type: "text-delta", index: 0, delta: "Half a sen" },
          { type: "retry", attempt: 1, delayMs: 0, error, discardedBlocks: [0] },
          ...textAnswer("The whole sentence."),
        ],
      ],
    });
    app.say("Hello");
    const screen = await app.screen.shows("The whole sentence.");
    expect(screen).not.toContain("Half a sen");
    expect(screen).not.toContain("The connection broke");
  });

  it("stops with Escape, and continues with the complete blocks", async () => {
    const app = await startApp({
      answers: [
        async function* ({ signal }) {
          yield { type: "text-delta", index: 0, delta: "Beginning" };
          await new Promise((_resolve, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          });
        },
        textAnswer("Here again."),
      ],
    });
    app.say("First");
    await app.screen.shows("Beginning");
    app.keyboard.type(KEYS.escape);
    await app.screen.shows("Stopped.");
    app.say("Second");
    await app.screen.shows("Here again.");
  });

  it("sends prompts that are entered during a run after it", async () => {
    let go: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      go = resolve;
    });
    const app = await startApp({
      answers: [
        async function* () {
          await blocked;
          yield* textAnswer("First answer.");
        },
        textAnswer("Second answer."),
      ],
    });
    app.say("one");
    await app.screen.shows("Esc stops");
    app.say("two");
    await app.screen.shows("two (waiting)");
    go();
    await app.screen.shows("Second answer.");
    expect(app.transports[0]?.requests).toHaveLength(2);
  });

  it("continues an earlier conversation, found by its words", async () => {
    const sessions = await temporarySessions();
    await sessions.create([
      { role: "user", content: [{ type: "text", text: "About whales" }] },
      { role: "assistant", content: [{ type: "text", text: "They sing." }] },
    ]);
    const app = await startApp({ sessions });
    app.say("/sessions");
    await app.screen.shows("About whales");
    app.keyboard.type("sing");
    await app.screen.shows("Sessions sing");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows((screen) => screen.includes("They sing.") && !screen.includes("Sessions"));
  });
});

describe("the screen", () => {
  it("fits after the terminal was resized, in both directions", async () => {
    const app = await startApp({ answers: [textAnswer(ANSWER)] });
    app.say("Explain.");
    await app.screen.shows((screen) => screen.includes("&T") && !screen.includes("Esc stops"));
    const wide = app.screen.text();
    app.screen.resize(24, 40);
    const narrow = await app.screen.shows(/^─{24}$/m);
    expect(narrow).toContain("The borrow checker");
    app.screen.resize(80, 24);
    await app.screen.shows(/^─{80}$/m);
    expect(app.screen.text()).toBe(wide);
  });

  it("scrolls through the conversation, stays there while it grows, and returns to its end", async () => {
    let go: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      go = resolve;
    });
    const long = Array.from({ length: 200 }, (_, at) => `Line ${at}.\n\n`).join("");
    const app = await startApp({
      answers: [
        textAnswer(long),
        async function* () {
          await blocked;
          yield* textAnswer("More.");
        },
      ],
    });
    app.say("Count.");
    await app.screen.shows("Line 199.");
    await app.screen.shows((screen) => !screen.includes("Esc stops"));
    app.say("And more?");
    await app.screen.shows("Esc stops");
    app.keyboard.type(KEYS.ctrlHome);
    await app.screen.shows("› Count.");
    go();
    await app.screen.shows((screen) => screen.includes("scrolled up") && !screen.includes("Esc stops"));
    expect(app.screen.text()).toContain("› Count.");
    app.keyboard.type(KEYS.pageDown);
    await app.screen.shows((screen) => !screen.includes("› Count."));
    app.keyboard.type(KEYS.ctrlEnd);
    await app.screen.shows("More.");
  });

  it("writes only the rows that changed", async () => {
    const app = await startApp({ answers: [textAnswer(ANSWER)] });
    app.say("Explain.");
    await app.screen.shows((screen) => screen.includes("&T") && !screen.includes("Esc stops"));
    app.screen.written = "";
    app.keyboard.type("x");
    await app.screen.shows("› x");
    expect(app.screen.written.length).toBeLessThan(200);
  });

  it("shows the console output of plugins as notices, and not across the screen", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    // biome-ignore lint/suspicious/noConsole: this is what plugins do
    console.log("a plugin talks");
    await app.screen.shows("console: a plugin talks");
  });
});

describe("the prompt", () => {
  it("completes commands, and runs them with Enter", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.keyboard.type("/he");
    await app.screen.shows("› /help");
    app.keyboard.type(KEYS.enter);
    const screen = await app.screen.shows("/model [name]");
    expect(screen).toMatchSnapshot();
    expect(screen).toContain("Esc close");
    app.keyboard.type(KEYS.escape);
    await app.screen.shows("Ask anything");
  });

  it("accepts several lines, and recalls prompts with Up", async () => {
    const app = await startApp({ answers: [textAnswer("Yes.")] });
    await app.screen.shows("Ask anything");
    app.keyboard.type("one\\");
    app.keyboard.type(KEYS.enter);
    app.keyboard.type("two");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("Yes.");
    expect(app.transports[0]?.requests[0]?.messages[0]?.content).toEqual([
      { type: "text", text: "one\ntwo" },
    ]);
    app.keyboard.type(KEYS.up);
    await app.screen.shows(/› one\n {2}two\n─/);
  });

  it("survives a paste of 10 MB and one of bytes, and says what to do", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.keyboard.type("\x1b[200~");
    for (let sent = 0; sent < 160; sent += 1) app.keyboard.type("x".repeat(64 * 1024));
    app.keyboard.type("\x1b[201~");
    await app.screen.shows("the limit is 2 MB");
    app.keyboard.type("\x1b[200~\0\u0001\ufffd\ufffd\x1b[201~");
    await app.screen.shows("is not text");
    app.keyboard.type("still here");
    await app.screen.shows("› still here");
  });

  it("restores text with a long paste after Ctrl-C", async () => {
    const app = await startApp({ answers: [textAnswer("Yes.")] });
    await app.screen.shows("Ask anything");
    const paste = "line\n".repeat(40);
    app.keyboard.type(`\x1b[200~${paste}\x1b[201~`);
    await app.screen.shows("› [pasted 41 lines #1]");
    app.keyboard.type(KEYS.ctrlC);
    await app.screen.shows("Ctrl-Y restores the text");
    app.keyboard.type("\x19\r");
    await app.screen.shows("Yes.");
    expect(app.transports[0]?.requests[0]?.messages[0]?.content).toEqual([
      { type: "text", text: paste.trim() },
    ]);
  });

  it("attaches files that it names, and pictures if the model accepts them", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "notes.txt"), "The code word is heron.");
    await writeFile(join(directory, "dot.png"), Buffer.from("89504e470d0a1a0a00", "hex"));
    const app = await startApp({ cwd: directory, answers: [textAnswer("Seen.")] });
    await app.screen.shows("Ask anything");
    app.keyboard.type("See @no");
    await app.screen.shows("› @notes.txt");
    app.keyboard.type(KEYS.tab);
    app.say("and @dot.png, not @ada");
    const screen = await app.screen.shows("Seen.");
    expect(screen).toContain("[notes.txt]");
    expect(screen).toContain("[picture (image/png, 9 bytes)]");
    const content = app.transports[0]?.requests[0]?.messages[0]?.content ?? [];
    expect(content.map(({ type }) => type)).toEqual(["text", "text", "image"]);
    expect(JSON.stringify(content)).toContain("The code word is heron.");
  });

  it("says that a model does not accept images", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "dot.png"), Buffer.from("89504e470d0a1a0a00", "hex"));
    const blind = { id: "blind", capabilities: ["text"], contextWindow: 1_000 };
    const app = await startApp({ cwd: directory, models: [blind], answers: [textAnswer("I see nothing.")] });
    app.say(`What is on ${join(directory, "dot.png")}`);
    await app.screen.shows(/does not\s+accept images/);
    await app.screen.shows("I see nothing.");
  });
});

describe("exporting", () => {
  it("writes the conversation to a file, and never overwrites one", async () => {
    const directory = await temporaryDirectory();
    const app = await startApp({ cwd: directory, answers: [textAnswer("An answer.")] });
    app.say("Hello");
    await app.screen.shows((screen) => screen.includes("An answer.") && !screen.includes("Esc stops"));
    app.say("/export talk.md");
    await app.screen.shows("was written to");
    expect(await readFile(join(directory, "talk.md"), "utf8")).toContain("An answer.");
    app.say("/export talk.md");
    await app.screen.shows("already exists");
    app.say("/export talk.json");
    await app.screen.shows("talk.json");
    await app.screen.shows(/written[\s\S]*written/);
    expect(JSON.parse(await readFile(join(directory, "talk.json"), "utf8"))).toMatchObject({
      format: "axio-session",
    });
  });
});

describe("exporting to a place that does not work", () => {
  it("says why, leaves nothing, and knows the home folder", async () => {
    const directory = await temporaryDirectory();
    const app = await startApp({
      cwd: directory,
      env: { HOME: directory },
      answers: [textAnswer("An answer.")],
    });
    app.say("Hello");
    await app.screen.shows((screen) => screen.includes("An answer.") && !screen.includes("Esc stops"));
    app.say("/export missing/talk.md");
    await app.screen.shows(/its\s+folder\s+does\s+not\s+exist/);
    app.say(`/export ${"x".repeat(300)}`);
    await app.screen.shows(/its\s+name\s+is\s+too\s+long/);
    app.say("/export ~/talk.md");
    await app.screen.shows("was written to");
    expect(await readdir(directory)).toEqual(["talk.md"]);
  });
});

describe("selecting", () => {
  const other = { id: "other-model", capabilities: ["text"], contextWindow: 50_000 };

  it("lists the models of all providers, and stores the choice", async () => {
    const app = await startApp({ models: [MODEL, other], withSimulator: true });
    await app.screen.shows("Ask anything");
    app.say("/model");
    await app.screen.shows("type to find");
    expect(app.screen.text()).toMatchSnapshot();
    app.keyboard.type("other");
    await app.screen.shows(/› other-model/);
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("Model: other-model");
    expect(app.settings.current.providers["scripted"]?.model).toBe("other-model");
  });

  it("sets the reasoning effort", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.say("/effort high");
    await app.screen.shows("Scripted One high");
    expect(app.settings.current.providers["scripted"]).toEqual({ effort: "high" });
  });

  it("changes the colors", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.screen.written = "";
    app.say("/theme mono");
    await app.screen.shows(() => app.settings.current.theme === "mono");
    app.screen.written = "";
    app.keyboard.type("x");
    await app.screen.shows("› x");
    expect(app.screen.written).not.toContain("[36m");
  });
});

describe("tools", () => {
  const write = (host: {
    requestPermission: (question: never) => Promise<{ allowed: boolean; reason?: string | undefined }>;
  }) =>
    defineTool({
      name: "write_file",
      description: "Writes a file.",
      inputSchema: { type: "object", properties: {} },
      execute: async () => {
        const answer = await host.requestPermission({
          title: "Change src/main.ts",
          key: "write",
          scopeDescription: "all changes in this folder",
          detail: {
            type: "diff",
            path: "src/main.ts",
            diff: "--- a\n+++ b\n@@ -1 +1 @@\n-old line\n+new line\n",
          },
        } as never);
        if (!answer.allowed) throw new Error(`Not allowed: ${answer.reason ?? "no reason"}`);
        return "1 line changed";
      },
    });
  const calls = toolAnswer(toolUse("c1", "write_file", { path: "src/main.ts" }));

  it("ask for permission with a diff, and continue after a yes", async () => {
    const app = await startApp({ answers: [calls, textAnswer("Changed.")], tools: (host) => [write(host)] });
    app.say("Change it.");
    await app.screen.shows("Change src/main.ts?");
    expect(app.screen.text()).toMatchSnapshot();
    app.skip(500);
    app.keyboard.type("y");
    const screen = await app.screen.shows("Changed.");
    expect(screen).toContain("✓ write_file src/main.ts");
    expect(screen).toContain("1 line changed");
  });

  it("show the request on a small screen, too", async () => {
    const app = await startApp({ answers: [calls], tools: (host) => [write(host)], columns: 20, rows: 8 });
    app.say("Change it.");
    const screen = await app.screen.shows("Change src/main.ts?");
    expect(screen).toMatch(/Change src\/main\.ts\?.*y once {2}a session.*n no {2}v never/s);
  });

  it("ask only once if the answer is for the session", async () => {
    const app = await startApp({
      answers: [calls, toolAnswer(toolUse("c2", "write_file", { path: "b.ts" })), textAnswer("Twice.")],
      tools: (host) => [write(host)],
    });
    app.say("Change it.");
    await app.screen.shows("in this session also all changes in this folder");
    app.skip(500);
    app.keyboard.type("a");
    await app.screen.shows("Twice.");
  });

  it("tell the model what to do instead of what was denied", async () => {
    const app = await startApp({
      answers: [calls, textAnswer("I will not.")],
      tools: (host) => [write(host)],
    });
    app.say("Change it.");
    await app.screen.shows("Change src/main.ts?");
    app.skip(500);
    app.keyboard.type("n");
    await app.screen.shows("What should it do");
    app.keyboard.type("ask me first");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("I will not.");
    expect(JSON.stringify(app.transports[0]?.requests[1]?.messages.at(-1))).toContain("ask me first");
  });

  it("cannot control the terminal with their output, however long it is", async () => {
    const app = await startApp({
      answers: [toolAnswer(toolUse("c1", "shout")), textAnswer("Quiet now.")],
      tools: () => [
        defineTool({
          name: "shout",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: (_input, { emit }) => {
            emit("\x1b]0;owned\x07\x1b[2J");
            return `\x1b[31mred\x1b[0m \x07 ${"x".repeat(1_000_000)}`;
          },
        }),
      ],
    });
    app.say("Shout.");
    await app.screen.shows("Quiet now.");
    expect(app.screen.text()).toContain("red \\x07 xxx");
    expect(app.screen.written).not.toContain("owned");
    expect(app.screen.written).not.toContain("\x07");
  });
});

describe("signing in", () => {
  it("is offered if the user is not signed in, and the simulator only by its name", async () => {
    const app = await startApp({
      isSignedOut: true,
      withSimulator: true,
    });
    const screen = await app.screen.shows("You are not signed in");
    expect(screen).toMatchSnapshot();
    app.say("Hello");
    await app.screen.shows("Sign in first: /login");
    expect(app.transports[0]?.requests).toEqual([]);
    expect(app.settings.current.provider).toBeUndefined();
  });

  it("opens the transport's screen with /login, and uses the account afterwards", async () => {
    let isSignedOut = true;
    const app = await startApp({
      get isSignedOut() {
        return isSignedOut;
      },
      openScreen: signInScreen(
        ({ start }) => [`The sign-in screen (${start})`],
        (_input, { onDone }) => {
          isSignedOut = false;
          onDone({ changed: true });
        },
      ),
    });
    app.say("/login");
    await app.screen.shows("The sign-in screen (login)");
    app.keyboard.type("d");
    await app.screen.shows("Scripted, ada@example.com");
  });

  it("shows the app's own screen for a provider without one", async () => {
    const app = await startApp();
    app.say("/login");
    await app.screen.shows("Sign in again");
    expect(app.screen.text()).toMatch(/Account +ada@example\.com/);
    app.keyboard.type(KEYS.escape);
    await app.screen.shows((screen) => !screen.includes("Sign in again"));
  });

  it("keeps the transport in use if the user does not sign in", async () => {
    const app = await startApp({
      isSignedOut: true,
      withSimulator: true,
      settings: { provider: "simulator" },
      openScreen: signInScreen(
        () => ["The sign-in screen"],
        (_input, { onDone }) => onDone({ changed: false }),
      ),
    });
    app.say("/login");
    await app.screen.shows("The sign-in screen");
    app.keyboard.type("x");
    const screen = await app.screen.shows((text) => !text.includes("The sign-in screen"));
    expect(screen).toContain("Simulator");
    expect(screen).not.toContain("not signed in");
  });
});

describe("the screen of a plugin", () => {
  it("receives keys, text and pastes one by one, and shows each change", async () => {
    const inputs: ScreenInput[] = [];
    const app = await startApp({
      isSignedOut: true,
      openScreen: signInScreen(
        () => [`${inputs.length} inputs`],
        (input) => inputs.push(input),
      ),
    });
    app.say("/login");
    await app.screen.shows("0 inputs");
    app.keyboard.type(`ab${KEYS.enter}${KEYS.up}\x1b[200~two\nlines\x1b[201~\x19`);
    await app.screen.shows("5 inputs");
    expect(inputs).toMatchObject([
      { type: "text", text: "ab" },
      { type: "key", name: "enter" },
      { type: "key", name: "up" },
      { type: "paste", text: "two\nlines" },
      { type: "key", name: "y", ctrl: true },
    ]);
  });

  it("is cut to the terminal and cannot control it, and places the cursor", async () => {
    const app = await startApp({
      columns: 12,
      rows: 4,
      isSignedOut: true,
      openScreen: signInScreen(() => [
        "\x1b[1mbold\x1b[0m \x1b[2J\x1b]0;owned\x07end",
        `日本語${CURSOR}日本語`,
        "a longer row than the terminal",
        "four",
        "five",
      ]),
    });
    app.say("/login");
    const screen = await app.screen.shows("bold end");
    expect(screen).toBe("bold end\n日本語日本語\na longer row\nfour");
    expect(app.screen.cursor()).toBe("日本語|日本語");
    expect(app.screen.written).toContain("\x1b[1mbold");
    expect(app.screen.written).not.toContain("owned");
  });

  it("copies to the clipboard of the terminal", async () => {
    const app = await startApp({
      isSignedOut: true,
      openScreen: signInScreen(
        () => ["Press c"],
        (_input, { copy }) => copy("the text"),
      ),
    });
    app.say("/login");
    await app.screen.shows("Press c");
    app.keyboard.type("c");
    const sequence = `\x1b]52;c;${Buffer.from("the text").toString("base64")}\x07`;
    await app.screen.shows(() => app.screen.written.includes(sequence));
  });

  it("closes with Ctrl-C, and frees its resources once", async () => {
    let closed = 0;
    const app = await startApp({
      isSignedOut: true,
      openScreen: signInScreen(
        () => ["The screen"],
        undefined,
        () => (closed += 1),
      ),
    });
    app.say("/login");
    await app.screen.shows("The screen");
    app.keyboard.type(KEYS.ctrlC);
    await app.screen.shows("Press Ctrl-C again to leave");
    app.keyboard.type(KEYS.ctrlC);
    await app.exit;
    expect(closed).toBe(1);
  });

  it.each<[string, ReturnType<typeof signInScreen>]>([
    [
      "render()",
      signInScreen(() => {
        throw new Error("It broke.");
      }),
    ],
    [
      "handleInput()",
      signInScreen(
        () => ["Works so far"],
        () => {
          throw new Error("It broke.");
        },
      ),
    ],
  ])("is closed with an error that names the package if %s throws", async (_case, openScreen) => {
    const app = await startApp({ isSignedOut: true, openScreen });
    app.say("/login");
    await app.screen.shows((screen) => screen.includes("Works so far") || screen.includes("It broke"));
    app.keyboard.type("x");
    const screen = await app.screen.shows("It broke");
    expect(screen).toContain("The screen of axio-scripted");
    app.keyboard.type(KEYS.ctrlC);
    await app.screen.shows("Press Ctrl-C again");
  });
});

describe("the cursor of the terminal", () => {
  it("is at the insertion point of the prompt, also between wide characters and in further lines", async () => {
    const app = await startApp({ columns: 20 });
    await app.screen.shows("Ask anything");
    expect(app.screen.cursor()).toBe("› |Ask anything, @ …");
    app.keyboard.type("日本");
    await app.screen.shows("› 日本");
    expect(app.screen.cursor()).toBe("› 日本|");
    app.keyboard.type("\x1b[D");
    await app.screen.shows(() => app.screen.cursor() === "› 日|本");
    app.keyboard.type("\x1b[F\ntwo");
    await app.screen.shows("  two");
    expect(app.screen.cursor()).toBe("  two|");
    // 18 columns fill the row, so the insertion point is in the next one.
    app.keyboard.type("x".repeat(15));
    await app.screen.shows("twoxxxxxxxxxxxxxxx");
    expect(app.screen.cursor()).toBe("  |");
  });

  it("stays visible in a prompt that is longer than its part of the screen", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.keyboard.type(Array.from({ length: 12 }, (_, line) => `l${line}`).join("\n"));
    await app.screen.shows("  l11");
    expect(app.screen.cursor()).toBe("  l11|");
    expect(app.screen.text()).not.toContain("› l0");
    app.keyboard.type(KEYS.up.repeat(2));
    await app.screen.shows(() => app.screen.cursor() === "  l9|");
  });

  it("is in the filter of a list, and at the selected answer of a permission request", async () => {
    const app = await startApp({
      answers: [toolAnswer(toolUse("c1", "ask")), textAnswer("Done.")],
      tools: (host) => [
        defineTool({
          name: "ask",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: async () => String((await host.requestPermission({ title: "Ask", key: "ask" })).allowed),
        }),
      ],
    });
    await app.screen.shows("Ask anything");
    app.say("/effort");
    await app.screen.shows("type to find");
    expect(app.screen.cursor()).toBe("Reasoning effort |type to find");
    app.keyboard.type("hi");
    await app.screen.shows("Reasoning effort hi");
    expect(app.screen.cursor()).toBe("Reasoning effort hi|");
    app.keyboard.type(KEYS.escape);
    await app.screen.shows((screen) => !screen.includes("Esc close"));
    app.say("Ask me.");
    await app.screen.shows("Yes, once");
    expect(app.screen.cursor()).toBe("› |");
    app.skip(500);
    app.keyboard.type(KEYS.down);
    await app.screen.shows("› y Yes, once");
    expect(app.screen.cursor()).toBe("› y |Yes, once");
    app.keyboard.type("n");
    await app.screen.shows("What should it do instead?");
    app.keyboard.type("why");
    await app.screen.shows("› why");
    expect(app.screen.cursor()).toBe("› why|");
  });

  it("is hidden while a page is shown", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.say("/help");
    await app.screen.shows("Esc close");
    expect(app.screen.cursor()).toBeUndefined();
  });
});

describe("leaving", () => {
  it("takes Ctrl-C twice, and restores the terminal", async () => {
    const app = await startApp();
    app.keyboard.type("half a sentence");
    app.keyboard.type(KEYS.ctrlC);
    await app.screen.shows("Press Ctrl-C again to leave");
    app.keyboard.type(KEYS.ctrlC);
    expect(await app.exit).toBe(0);
    expect(app.keyboard.isRaw).toBe(false);
    expect(app.screen.after).toBe("\x1b[0m\x1b[?25h\x1b[?1007l\x1b[?2004l\x1b[?1049l");
  });

  it("leaves the end of the conversation on the terminal, and says how to continue it", async () => {
    const app = await startApp({ answers: [textAnswer("The last word.")] });
    app.say("Hello");
    await app.screen.shows((screen) => screen.includes("The last word.") && !screen.includes("Esc stops"));
    app.say("/quit");
    await app.exit;
    const [session] = await app.sessions.list();
    expect(app.screen.after).toContain("The last word.");
    expect(app.screen.after).toContain(`axio --resume ${session?.id}`);
  });

  it("is possible during the start", async () => {
    const app = await startApp({ tools: () => [] });
    app.keyboard.type(KEYS.ctrlC + KEYS.ctrlC);
    expect(await app.exit).toBe(0);
  });

  it("is also /quit", async () => {
    const app = await startApp();
    app.say("/quit");
    expect(await app.exit).toBe(0);
  });
});
