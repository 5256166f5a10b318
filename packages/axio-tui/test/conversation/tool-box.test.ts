import { describe, expect, it } from "vitest";
import { ToolBox } from "../../src/conversation/tool-box.ts";
import { temporarySessions } from "../support/running-app.ts";
import { found, testOptions } from "../support/test-options.ts";

describe("ToolBox", () => {
  it("keeps the order of the plugins, whichever is ready first", async () => {
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
});
