import { describe, expect, it } from "vitest";
import { callIn, workspace } from "./support/workspace.ts";

const LONG = "a".repeat(200);

/** Counts the turns of the event loop while a task runs. */
async function withTurns<T>(task: Promise<T>): Promise<{ readonly result: T; readonly longestMs: number }> {
  let longestMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }, 5);
  try {
    return { result: await task, longestMs };
  } finally {
    clearInterval(timer);
  }
}

describe("a pattern that takes exponential time", () => {
  it.each([
    ["nested repetition", "(a+)+$"],
    ["overlapping alternatives", "^(a|aa)*$"],
    ["a reference", "(a*)*\\1b"],
    ["a lookahead", "(?=(a+)+b)a"],
  ])("leaves the event loop free and ends: %s", async (_, pattern) => {
    const { directory } = await workspace({ "a.txt": `${LONG}!` });
    const { result, longestMs } = await withTurns(callIn(directory, "search_files", { pattern }));
    expect(result).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^The pattern takes too long on a\.txt/),
    });
    // Far less than the two seconds of the search, also on a slow machine.
    expect(longestMs).toBeLessThan(1_000);
  });

  it("is ended with the run", async () => {
    const { directory } = await workspace({ "a.txt": `${LONG}!` });
    const { localTools } = await import("../src/index.ts");
    const tools = localTools({ directory, requestPermission: async () => ({ allowed: true }) });
    const tool = tools.find(({ name }) => name === "search_files") ?? expect.fail();
    const controller = new AbortController();
    const running = tool.execute({ pattern: "(a+)+$" } as never, { signal: controller.signal } as never);
    setImmediate(() => controller.abort(new Error("stopped")));
    await expect(running).rejects.toThrow("stopped");
  });

  it("in a .gitignore does not slow down a listing", async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${LONG}${index}`, ""]));
    const rules = Array.from({ length: 200 }, (_, index) => `${"*a".repeat(100)}b${index}`).join("\n");
    const { directory } = await workspace({ ...files, ".gitignore": rules });
    const { result, longestMs } = await withTurns(callIn(directory, "list_files", {}));
    expect(result.text.split("\n")).toHaveLength(51);
    expect(longestMs).toBeLessThan(1_000);
  });

  it.each(["+(a|aa)+(a|aa)+(a|aa)+(a|aa)+(a|aa)b", `${"*a".repeat(60)}b`, "(".repeat(2_000)])(
    "as a glob ends: %s",
    async (glob) => {
      const { directory } = await workspace({ [LONG]: "" });
      const { text } = await callIn(directory, "search_files", { glob });
      expect(text).toMatch(/^(?:\[No results\.\]|The glob (?:takes|is) too long)/);
    },
  );
});
