import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { askForTrust } from "../../src/cli/trust.ts";
import type { FoundPlugins } from "../../src/plugins/found-plugins.ts";
import { memorySettings } from "../support/test-options.ts";

const PACK = {
  packageName: "axio-clock",
  packageVersion: "1.0.0",
  packageFolder: "/work/node_modules/axio-clock",
  plugins: ["tools/clock"],
};

async function ask(answer: string, refused = false) {
  const settings = memorySettings({ trust: {} });
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  stdin.end(answer);
  const io = { stdin, stderr, signal: new AbortController().signal } as unknown as CliIo;
  const found = { untrusted: [{ ...PACK, refused }] } as unknown as FoundPlugins;
  const said = text(stderr);
  const isDecided = await askForTrust(found, settings, io);
  stderr.end();
  return { isDecided, trust: settings.current.trust, said: await said };
}

describe("a project's plugins", () => {
  it("are named, with what they bring and where they lie, before they may run", async () => {
    const { said } = await ask("n\n");
    expect(said).toContain("axio-clock 1.0.0 (tools/clock) in /work/node_modules/axio-clock");
    expect(said).toContain("with your rights");
  });

  it.each([
    ["y\n", true, { [PACK.packageFolder]: true }],
    ["YES\n", true, { [PACK.packageFolder]: true }],
    ["\n", true, { [PACK.packageFolder]: false }],
    ["n\n", true, { [PACK.packageFolder]: false }],
    // Ctrl-D: no answer, so the question comes again.
    ["", false, {}],
  ])("%j is remembered", async (answer, isDecided, trust) => {
    expect(await ask(answer)).toMatchObject({ isDecided, trust });
  });

  it("are not asked about again after a no", async () => {
    expect(await ask("y\n", true)).toMatchObject({ isDecided: false, trust: {}, said: "" });
  });
});
