import { defineTool } from "axio";
import { CURSOR } from "axio/plugin";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { LinearWriter } from "../src/screen-reader/linear-writer.ts";
import { startApp } from "./support/running-app.ts";
import { signInScreen } from "./support/sign-in-screen.ts";
import { KEYS } from "./support/virtual-screen.ts";

/** The output without escape sequences. */
function plain(written: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
  return written.replace(/\u001b\[[?0-9;]*[A-Za-z]/g, "");
}

describe("with a screen reader", () => {
  it("writes each entry once, in words, when it is complete", async () => {
    const app = await startApp({
      screenReader: true,
      answers: [toolAnswer(toolUse("c1", "look", { path: "a.md" })), textAnswer("There is a heron.")],
      tools: () => [
        defineTool({
          name: "look",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: () => "heron",
        }),
      ],
    });
    await app.writes("Prompt:");
    app.say("What is there?");
    const text = plain(await app.writes("Assistant: There is a heron."));
    expect(text.match(/You: What is there\?/g)).toHaveLength(1);
    expect(text.match(/Tool look a\.md: done\.\s+heron/g)).toHaveLength(1);
    expect(text.match(/There is a heron\./g)).toHaveLength(1);
    expect(text).not.toMatch(/[─│›▸✓]/);
    expect(app.screen.written).not.toContain("\x1b[?1049h");
  });

  it("writes a typed letter as one letter", async () => {
    const app = await startApp({ screenReader: true });
    await app.writes("Scripted, ada@example.com");
    app.keyboard.type("Hel");
    await app.writes("Hel");
    app.screen.written = "";
    app.keyboard.type("l");
    await app.writes("l");
    expect(plain(app.screen.written)).toBe("l");
  });

  it("reads a list item by item", async () => {
    const app = await startApp({ screenReader: true });
    await app.writes("Prompt:");
    app.say("/effort");
    await app.writes("2 of 3: medium, in use");
    app.keyboard.type(KEYS.down);
    await app.writes("3 of 3: high");
  });

  it("writes the screen of a plugin without styles", async () => {
    const app = await startApp({
      screenReader: true,
      isSignedOut: true,
      openScreen: signInScreen(() => ["\x1b[1mSign in\x1b[0m", `Code: ${CURSOR}`]),
    });
    await app.writes("You are not signed in");
    app.say("/login");
    await app.writes("Sign in\nCode: ");
    expect(app.screen.written).not.toContain("\x1b[1m");
  });
});

describe("LinearWriter", () => {
  function writer() {
    const writes: string[] = [];
    return { writes, lines: new LinearWriter((text) => writes.push(text)) };
  }

  it("rewrites from the first change on, and returns to the cursor", () => {
    const { writes, lines } = writer();
    lines.show([], { rows: ["Note", "Prompt: abc"], cursor: { row: 1, column: 9 } });
    lines.show([], { rows: ["Note", "Prompt: axbc"], cursor: { row: 1, column: 10 } });
    expect(writes).toEqual(["\x1b[JNote\nPrompt: abc\r\x1b[9C", "\x1b[Jxbc\r\x1b[10C"]);
  });

  it("adds finished text above the current rows", () => {
    const { writes, lines } = writer();
    lines.show([], { rows: ["Working.", "Prompt:"] });
    lines.show(["Assistant: Hi."], { rows: ["Prompt:"] });
    expect(writes[1]).toBe("\x1b[1A\r\x1b[JAssistant: Hi.\n\nPrompt:");
  });

  it("removes rows and adds rows", () => {
    const { writes, lines } = writer();
    lines.show([], { rows: ["one"] });
    lines.show([], { rows: ["one", "two"] });
    lines.show([], { rows: ["one"] });
    expect(writes.slice(1)).toEqual(["\x1b[J\ntwo", "\x1b[1A\r\x1b[3C\x1b[J"]);
  });

  it("writes nothing if nothing changed, and continues below after a resize", () => {
    const { writes, lines } = writer();
    const frame = { rows: ["one", "two"], cursor: { row: 0, column: 1 } };
    lines.show([], frame);
    lines.show([], { ...frame });
    lines.leave();
    lines.show([], frame);
    expect(writes).toHaveLength(3);
    expect(writes[1]).toBe("\x1b[1B\r\x1b[3C\n");
    expect(writes[2]).toBe(writes[0]);
  });
});
