import { describe, expect, it } from "vitest";
import { askedApp } from "../support/question-at.ts";
import { signInScreen } from "../support/sign-in-screen.ts";
import { KEYS } from "../support/virtual-screen.ts";

describe("a permission request that appears while the prompt has text", () => {
  it.each(["y", "a", "n", "v", "Y", "r", KEYS.enter, "\x1b[200~y\x1b[201~", " ", "yes"])(
    "is not answered by %j, however late",
    async (keys) => {
      const { app, type, ask, wait, answers, settle } = await askedApp();
      app.submit = () => undefined;
      type("th");
      ask();
      for (const pause of [0, 100, 1_000, 60_000]) {
        wait(pause);
        type(keys);
      }
      await settle();
      expect(answers).toEqual([]);
      expect(app.state.permission).toBeDefined();
    },
  );

  it("leaves the text and each key to the prompt", async () => {
    const { app, type, ask, wait } = await askedApp();
    type("th");
    ask();
    wait(1_000);
    type("at");
    wait(1_000);
    type(" way");
    expect(app.state.editor.text).toBe("that way");
  });

  it.each([
    ["Tab", KEYS.tab],
    ["Up", KEYS.up],
    ["Down", KEYS.down],
  ])("is answered after %s has moved to it, and the text stays", async (_name, move) => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    type("that");
    ask();
    wait(500);
    type(move);
    expect(app.state.permission).toMatchObject({ isFocused: true });
    type(KEYS.enter);
    await settle();
    expect(answers).toEqual([]);
    type("y");
    await settle();
    expect(answers).toEqual([{ allowed: true }]);
    expect(app.state.editor.text).toBe("that");
  });

  it("gives the keys back to the prompt when the user writes on", async () => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    type("th");
    ask();
    wait(500);
    type(KEYS.tab);
    type("is");
    type("y");
    await settle();
    expect(answers).toEqual([]);
    expect(app.state.editor.text).toBe("thisy");
  });

  it("moves between the lines of the text first", async () => {
    const { app, type, ask, wait } = await askedApp();
    type("one\ntwo");
    ask();
    wait(500);
    type(KEYS.up);
    expect(app.state.permission).toMatchObject({ isFocused: false });
    type(KEYS.up);
    expect(app.state.permission).toMatchObject({ isFocused: true });
  });

  it("is not answered by the prompt that follows the one that was sent", async () => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    const sent: string[] = [];
    app.submit = (text) => void sent.push(text);
    type("that");
    ask();
    wait(2_000);
    type(KEYS.enter);
    wait(2_000);
    for (const letter of "any") type(letter);
    await settle();
    expect(answers).toEqual([]);
    expect(sent).toEqual(["that"]);
    expect(app.state.editor.text).toBe("any");
  });

  it("takes letters again 500 ms after the text was deleted", async () => {
    const { type, ask, wait, answers, settle } = await askedApp();
    type("x");
    ask();
    wait(1_000);
    type(KEYS.backspace);
    type("y");
    type(KEYS.backspace);
    await settle();
    expect(answers).toEqual([]);
    wait(500);
    type("y");
    await settle();
    expect(answers).toEqual([{ allowed: true }]);
  });
});

describe("a permission request without text in the prompt", () => {
  it.each(["y", "a", "n", "v", KEYS.enter, KEYS.tab, KEYS.down, KEYS.up])(
    "takes %j only 500 ms after it was drawn",
    async (keys) => {
      const { app, type, ask, wait, answers, settle } = await askedApp();
      ask();
      for (const pause of [0, 100, 399]) {
        wait(pause);
        type(keys);
      }
      await settle();
      expect(answers).toEqual([]);
      expect(app.state.permission?.isFocused).toBe(false);
      expect(app.state.permission?.reason).toBeUndefined();
    },
  );

  it("counts the 500 ms from the frame that shows it", async () => {
    const { app, handler, type, wait, ask, answers, settle } = await askedApp();
    handler.drawn();
    const late = app.options.permissions.ask("local", { title: "Late", key: "late" });
    wait(60_000);
    type("y");
    handler.drawn();
    type(KEYS.backspace);
    wait(499);
    type("n");
    type(KEYS.backspace);
    expect(app.state.permission?.reason).toBeUndefined();
    wait(500);
    type("y");
    expect(await late).toEqual({ allowed: true });
    ask();
    await settle();
    expect(answers).toEqual([]);
  });

  it.each([
    ["y", { allowed: true }],
    ["a", { allowed: true }],
    ["v", { allowed: false, reason: expect.stringContaining("does not allow this") }],
  ])("is answered by %j after that", async (keys, answer) => {
    const { type, ask, wait, answers, settle } = await askedApp();
    ask();
    wait(500);
    type(keys);
    await settle();
    expect(answers).toEqual([answer]);
  });

  it("has no selected answer: Enter alone answers nothing", async () => {
    const { type, ask, wait, answers, settle } = await askedApp();
    ask();
    wait(5_000);
    type(KEYS.enter);
    await settle();
    expect(answers).toEqual([]);
    type(KEYS.down);
    type(KEYS.enter);
    await settle();
    expect(answers).toEqual([{ allowed: true }]);
  });

  it("is denied by Esc at any time", async () => {
    const { type, ask, answers, settle } = await askedApp();
    ask();
    type(KEYS.escape);
    await settle();
    expect(answers).toEqual([{ allowed: false, reason: undefined }]);
  });

  it("gives a paste and words to the prompt", async () => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    ask();
    wait(1_000);
    type("\x1b[200~y\x1b[201~");
    type("es");
    await settle();
    expect(answers).toEqual([]);
    expect(app.state.editor.text).toBe("yes");
  });
});

describe("two permission requests in a row", () => {
  it.each(["y", "a", "v", "Y"])("are not both answered by %j pressed twice, or held", async (keys) => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    ask();
    ask();
    wait(500);
    for (let press = 0; press < 100; press += 1) {
      type(keys);
      wait(30);
    }
    type(keys.repeat(3));
    await settle();
    expect(answers).toHaveLength(1);
    expect(app.state.permission?.pending.request.key).toBe("request 2");
    expect(app.state.editor.text).toBe("");
    wait(500);
    type(keys);
    await settle();
    expect(answers).toHaveLength(2);
  });

  it("are not both answered by Enter pressed twice", async () => {
    const { type, ask, wait, answers, settle } = await askedApp();
    ask();
    ask();
    wait(500);
    type(KEYS.down);
    type(KEYS.enter);
    type(KEYS.enter);
    wait(600);
    type(KEYS.enter);
    await settle();
    expect(answers).toHaveLength(1);
  });

  it("do not send a text with the key that answered the first", async () => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    const sent: string[] = [];
    app.submit = (text) => void sent.push(text);
    type("a text");
    ask();
    ask();
    wait(500);
    type(KEYS.tab);
    type(KEYS.down);
    type(KEYS.enter);
    type(KEYS.enter);
    await settle();
    expect(answers).toHaveLength(1);
    expect(sent).toEqual([]);
    expect(app.state.editor.text).toBe("a text");
  });
});

describe("what ends by itself", () => {
  it("keeps the reason that the user was writing, and does not send it", async () => {
    const { app, type, ask, wait } = await askedApp();
    const sent: string[] = [];
    app.submit = (text) => void sent.push(text);
    const end = new AbortController();
    ask({ signal: end.signal });
    wait(500);
    type("n");
    type("use the other file");
    end.abort();
    type(KEYS.enter);
    expect(app.state.editor.text).toBe("use the other file");
    expect(sent).toEqual([]);
    wait(500);
    type(KEYS.enter);
    expect(sent).toEqual(["use the other file"]);
  });

  it("does not send text that was meant for a screen to the model", async () => {
    let end = (): void => undefined;
    const { app, type, wait } = await askedApp({
      openScreen: signInScreen(
        () => ["Paste it here"],
        (_input, { onDone }) => {
          end = () => onDone({ changed: false });
        },
      ),
    });
    const sent: string[] = [];
    await app.openSignIn("scripted", "login");
    app.submit = (text) => void sent.push(text);
    type("sk-");
    end();
    expect(app.state.panel).toBeUndefined();
    type("secret");
    type("\x1b[200~secret\x1b[201~");
    type(KEYS.enter);
    expect(app.state.editor.text).toBe("");
    wait(500);
    type("hello");
    type(KEYS.enter);
    expect(sent).toEqual(["hello"]);
  });
});

describe("a permission request behind a panel", () => {
  it("takes no key, and appears when the panel is closed", async () => {
    const { app, type, ask, wait, answers, settle } = await askedApp();
    app.submit("/effort");
    await settle();
    await settle();
    ask();
    wait(1_000);
    type("y");
    await settle();
    expect(answers).toEqual([]);
    expect(app.state.panel).toMatchObject({ filter: "y" });
    type(KEYS.escape);
    type("y");
    await settle();
    expect(answers).toEqual([]);
    expect(app.state.editor.text).toBe("y");
  });
});
