import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { openOutput } from "axio-cli/internal";
import { describe, expect, it } from "vitest";
import type { AppIo } from "../../src/cli/io.ts";
import { askForTrust } from "../../src/cli/trust.ts";
import type { FoundPlugins } from "../../src/plugins/found-plugins.ts";
import { memorySettings } from "../support/test-options.ts";

const PACK = {
  packageName: "axio-clock",
  packageVersion: "1.0.0",
  packageDir: "/home/ada/node_modules/axio-clock",
  plugins: ["tools/clock"],
};

async function ask(answer: string, refused = false) {
  const settings = memorySettings({ trust: {} });
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  stdin.end(answer);
  const io = { stdin, stdout, signal: new AbortController().signal } as unknown as AppIo;
  const found = { untrusted: [{ ...PACK, refused }] } as unknown as FoundPlugins;
  const output = text(stdout);
  const isDecided = await askForTrust(found, settings, { io, out: openOutput(stdout, {}, false) });
  stdout.end();
  return { isDecided, trust: settings.current.trust, output: await output };
}

describe("a project's plugins", () => {
  it("are listed with their contents and location before they may run", async () => {
    const { output } = await ask("n\n");
    expect(output).toContain("axio-clock 1.0.0 (tools/clock) in /home/ada/node_modules/axio-clock");
    expect(output).toContain("with your permissions");
  });

  it.each([
    ["y\n", true, { [PACK.packageDir]: true }],
    ["YES\n", true, { [PACK.packageDir]: true }],
    ["\n", true, { [PACK.packageDir]: false }],
    ["n\n", true, { [PACK.packageDir]: false }],
    // Ctrl-D: no answer, so the app asks again next time.
    ["", false, {}],
  ])("%j is remembered", async (answer, isDecided, trust) => {
    expect(await ask(answer)).toMatchObject({ isDecided, trust });
  });

  it("stay undecided if the user leaves", async () => {
    const stop = new AbortController();
    const settings = memorySettings({ trust: {} });
    const io = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      signal: stop.signal,
    } as unknown as AppIo;
    const asked = askForTrust(
      { untrusted: [{ ...PACK, refused: false }] } as unknown as FoundPlugins,
      settings,
      { io, out: openOutput(new PassThrough(), {}, false) },
    );
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(settings.current.trust).toEqual({});
  });

  it("are not asked about again after a no", async () => {
    expect(await ask("y\n", true)).toMatchObject({ isDecided: false, trust: {}, output: "" });
  });
});
