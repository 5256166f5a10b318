import { defineTool } from "axio";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { startApp } from "./support/running-app.ts";
import { KEYS } from "./support/virtual-screen.ts";

/** What was written, without what moves and erases. */
function said(written: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
  return written.replace(/\u001b\[[?0-9;]*[A-Za-z]/g, "");
}

describe("with a screen reader", () => {
  const env = { INK_SCREEN_READER: "true", LANG: "en_GB.UTF-8" };

  it("what is whole is said once, in words", async () => {
    const app = await startApp({
      env,
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
    await app.spoken("Prompt:");
    app.say("What is there?");
    const text = said(await app.spoken("Assistant: There is a heron."));
    expect(text.match(/You: What is there\?/g)).toHaveLength(1);
    expect(text.match(/Tool look a\.md: done\.\s+heron/g)).toHaveLength(1);
    expect(text.match(/There is a heron\./g)).toHaveLength(1);
    expect(text).not.toMatch(/[─│›▸✓]/);
    expect(app.screen.written).not.toContain("\x1b[?1049h");
  });

  it("a list is read item by item", async () => {
    const app = await startApp({ env });
    await app.spoken("Prompt:");
    app.say("/effort");
    await app.spoken("2 of 3: medium, in use");
    app.keyboard.type(KEYS.down);
    await app.spoken("3 of 3: high");
  });
});
