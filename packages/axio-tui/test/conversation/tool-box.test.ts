import { defineTool, MemoryContextStore } from "axio";
import { describe, expect, it } from "vitest";
import { ToolBox } from "../../src/conversation/tool-box.ts";
import { temporarySessions } from "../support/running-app.ts";
import { found, testOptions } from "../support/test-options.ts";

describe("ToolBox", () => {
  it("keeps the order of the plugins, whichever opens first", async () => {
    const options = testOptions({}, await temporarySessions());
    let ready: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const tools = [
      found("slow", { title: "Slow", open: () => slow.then(() => ({ tools: [] })) }),
      found("quick", {
        title: "Quick",
        open: async () => {
          ready();
          return { tools: [] };
        },
      }),
    ];
    const box = new ToolBox({ ...options, found: { ...options.found, tools } }, () => undefined);
    await box.open();
    expect(box.groups().map(({ title }) => title)).toEqual(["Slow", "Quick"]);
    await box.close();
  });

  it("denies every tool call if a guard fails to open", async () => {
    const options = testOptions({}, await temporarySessions());
    const guards = [
      found("night", {
        title: "Night",
        open: () => {
          throw new Error("It has no clock.");
        },
      }),
    ];
    const problems: string[] = [];
    const box = new ToolBox({ ...options, found: { ...options.found, guards } }, (from) =>
      problems.push(from),
    );
    await box.open();
    expect(problems).toEqual(["night"]);
    const tool = defineTool({
      name: "look",
      description: "",
      inputSchema: { type: "object" },
      execute: () => "",
    });
    const request = {
      tool,
      toolCallId: "c",
      input: {},
      signal: new AbortController().signal,
      context: new MemoryContextStore(),
    };
    expect(await Promise.all(box.guards().map((guard) => guard(request)))).toMatchObject([
      { action: "deny", reason: expect.stringContaining("axio-night") },
    ]);
    await box.close();
  });
});
