import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { FULL_RUN, needs } from "test-support/requirements";
import { builtPackages } from "test-support/workspace/built-packages";
import { describe, expect, it } from "vitest";
import { Places, temporaryDirectory } from "../support/project.ts";
import { runAxio } from "../support/run-axio.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const EXAMPLE = join(ROOT, "examples/axio-plugin-example");

interface Report {
  readonly plugins: readonly {
    readonly kind: string;
    readonly name: string;
    readonly package: string;
    readonly usable: boolean;
  }[];
  readonly problems: readonly { readonly packageName: string; readonly message: string }[];
  readonly untrusted: readonly { readonly packageName: string }[];
}

/** A directory in which the example is installed. */
async function withExample(): Promise<{
  readonly folder: string;
  readonly home: string;
  readonly modules: string;
}> {
  const root = await temporaryDirectory();
  const [folder, home] = [join(root, "project"), join(root, "home")];
  const modules = join(folder, "node_modules");
  const installed = join(modules, "axio-plugin-example");
  await mkdir(installed, { recursive: true });
  await mkdir(home);
  await symlink(join(await builtPackages(), "axio"), join(modules, "axio"));
  await cp(join(EXAMPLE, "package.json"), join(installed, "package.json"));
  await build({
    entryPoints: ["provider", "tools", "guard", "selector"].map((name) => join(EXAMPLE, `src/${name}.ts`)),
    outdir: join(installed, "dist"),
    format: "esm",
    logLevel: "warning",
  });
  return { folder, home, modules };
}

async function report(
  at: { readonly folder: string; readonly home: string },
  ...args: readonly string[]
): Promise<Report> {
  const { stdout, stderr } = await runAxio(["plugins", "--json", ...args], at);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Report;
}

const ofExample = ({ plugins }: Report): readonly string[] =>
  plugins
    .filter((plugin) => plugin.package === "axio-plugin-example" && plugin.usable)
    .map(({ kind, name }) => `${kind}/${name}`);

describe("axio", { timeout: 120_000 }, () => {
  it("finds the example in a project, and uses it when the user allows it", async () => {
    const at = await withExample();
    const before = await report(at);
    expect(ofExample(before)).toEqual([]);
    expect(before.untrusted).toMatchObject([{ packageName: "axio-plugin-example" }]);
    const asked = await runAxio(["--provider", "echo", "What time is it?"], at);
    expect(asked.stderr).toMatch(
      /^Not used, because you do not trust it yet: plugin node_modules\/axio-plugin-example \(new\)\. .*axio trust grant\.$/m,
    );
    expect(asked.code).not.toBe(0);

    const after = await report(at, "--trust");
    expect(ofExample(after)).toEqual(["providers/echo", "tools/clock", "guards/words", "selectors/few"]);
    expect(after.problems).toEqual([]);
    const answer = await runAxio(["--provider", "echo", "What time is it?"], at);
    expect(answer).toMatchObject({ code: 0, stdout: expect.stringMatching(/^It is .*UTC.*\.\n$/) });
    const piped = await runAxio(["--provider", "echo"], { ...at, input: "Say it again" });
    expect(piped).toMatchObject({ code: 0, stdout: "Say it again\n" });
    const sessions = await runAxio(["sessions", "--search", "again"], at);
    expect(sessions.stdout).toMatch(/^\S{36} .*2 messages.*Say it again\n$/);
  });

  it(
    "reports a broken plugin, a missing dependency and a duplicate name, and continues without them",
    needs(FULL_RUN),
    async () => {
      const at = await withExample();
      const places = new Places(at.home);
      const tools = (text: string): Record<string, string> => ({ "plugin.js": text });
      await places.install(
        at.modules,
        "axio-broken",
        { tools: { broken: "./plugin#tools" } },
        tools('throw new Error("out of order");'),
      );
      await places.install(
        at.modules,
        "axio-lacking",
        { tools: { lacking: "./plugin#tools" } },
        tools('import "never-installed"; export const tools = {};'),
      );
      await places.install(
        at.modules,
        "axio-second",
        { tools: { clock: "./plugin#tools" } },
        tools('throw new Error("never loaded");'),
      );
      const { problems, ...rest } = await report(at, "--trust");
      expect(problems.map(({ packageName }) => packageName).sort()).toEqual([
        "axio-broken",
        "axio-lacking",
        "axio-second",
      ]);
      const messages = problems.map(({ message }) => message).join("\n");
      expect(messages).toContain(
        "The plugin tools/broken of axio-broken 1.2.3 cannot be used: it threw an error while loading: out of order.",
      );
      expect(messages).toContain(
        'it needs the package "never-installed", which is not installed. Install it where axio-lacking is: npm install never-installed',
      );
      expect(messages).toMatch(
        /tools\/clock of axio-second .*axio-plugin-example 1\.0\.0 in .*has the same name/,
      );
      expect(ofExample({ problems, ...rest })).toContain("tools/clock");
      const answer = await runAxio(["--provider", "echo", "What time is it?"], at);
      expect(answer).toMatchObject({ code: 0, stdout: expect.stringMatching(/^It is /) });
      expect(answer.stderr).toContain("out of order");
    },
  );

  it("reports mistakes in arguments and settings", async () => {
    const home = await temporaryDirectory();
    const at = { folder: home, home };
    expect(await runAxio(["--modell", "x"], at)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/--modell.*\nDid you mean --model/),
    });
    expect(await runAxio(["--cwd", "nowhere", "Hello"], at)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no folder"),
    });
    await mkdir(join(home, "state/axio"), { recursive: true });
    await writeFile(join(home, "state/axio/settings.json"), '{\n  "theme": light\n}');
    const { stderr } = await runAxio(["plugins"], at);
    expect(stderr).toMatch(/settings\.json, line 2: .*Correct it there/);
  });

  it("prints its version and help", async () => {
    const home = await temporaryDirectory();
    const at = { folder: home, home };
    expect(await runAxio(["--version"], at)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const { stdout } = await runAxio(["--help"], at);
    expect(stdout).toContain("Usage: axio [options] [prompt...]");
    expect(stdout.split("\n").every((line) => line.length <= 80)).toBe(true);
  });
});
