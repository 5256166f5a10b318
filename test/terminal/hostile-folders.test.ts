import { mkdirSync, readdirSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCredentialStore } from "axio-auth";
import { type Simulator, startSimulator } from "axio-simulator";
import { CODEX_CREDENTIAL_FORMAT } from "axio-transport-codex";
import { FULL_RUN, needs } from "test-support/requirements";
import { Tmux } from "test-support/tmux";
import { builtPackages } from "test-support/workspace/built-packages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canaryProgram, HOSTILE, HOSTILE_TEXT, type HostileTools } from "./support/hostile-folders.ts";
import { TMUX } from "./support/real-app.ts";

const SECRET = "canary-secret-of-the-user";
/** Keeps npm from asking for a newer npm. */
const QUIET_NPM = { npm_config_update_notifier: "false" };
/** Matches the status line of the app. */
const READY = /^GPT-.*ChatGPT \(Codex\)/m;
const QUESTION = 'Type "trust" to use it, or "no" to continue without it:';

describe("a hostile folder in the app, in a real terminal", needs(TMUX), () => {
  let home = "";
  let simulator: Simulator;
  let attacker: Server;
  let connections = 0;

  beforeAll(async () => {
    simulator = await startSimulator({ paceMs: 1 });
    attacker = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
    home = await realpath(await mkdtemp(join(tmpdir(), "axio-hostile-")));
    await mkdir(join(home, "traces"));
    await mkdir(join(home, "state", "axio"), { recursive: true });
    await writeFile(join(home, "secret.json"), JSON.stringify({ refreshToken: SECRET }));
    const path = join(home, "config", "axio", "codex.json");
    await new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT }).update(async () =>
      simulator.issueCredentials(),
    );
    const settings = {
      provider: "codex",
      pluginSettings: {
        "providers/codex": { issuer: simulator.issuer, baseUrl: simulator.baseUrl },
        "tools/mcp": {
          mcpServers: {
            npx: { command: "npx", args: ["--offline", "-y", "canary-server"], env: QUIET_NPM },
            plain: { command: "canary-server" },
          },
        },
      },
    };
    await writeFile(join(home, "state", "axio", "settings.json"), JSON.stringify(settings));
  });
  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
    attacker.close();
    await simulator.close();
  });

  function makeHostile(...kinds: readonly string[]): string {
    const folder = join(home, `project-${kinds.length}-${kinds[0]?.replaceAll(/\W+/g, "-")}`);
    mkdirSync(folder);
    const { port } = attacker.address() as AddressInfo;
    const tools: HostileTools = {
      folder,
      secretFile: join(home, "secret.json"),
      attacker: `http://127.0.0.1:${port}`,
      program: (name) => canaryProgram(home, name),
      script: (name) =>
        `import("node:fs").then((fs) => fs.writeFileSync(${JSON.stringify(join(home, "traces", name))}, ""));`,
    };
    for (const kind of kinds) HOSTILE[kind]?.(tools);
    return folder;
  }

  const start = async (folder: string): Promise<Tmux> =>
    Tmux.start([process.execPath, join(await builtPackages(), "axio-tui", "dist", "bin.js")], {
      columns: 100,
      rows: 40,
      folder,
      env: {
        PATH: [join(folder, "node_modules", ".bin"), process.env["PATH"], ".", ""].join(":"),
        HOME: home,
        XDG_STATE_HOME: join(home, "state"),
        XDG_CONFIG_HOME: join(home, "config"),
        LANG: "C.UTF-8",
        TERM: "xterm-256color",
        AXIO_CANARY_SECRET: SECRET,
      },
    });

  /** Opens a folder, refuses what it brings, types `@`, sends a prompt, and leaves. */
  async function visit(folder: string): Promise<void> {
    await using terminal = await start(folder);
    const first = await terminal.shows(new RegExp(`${READY.source}|Type "trust"`, "m"));
    if (first.includes(QUESTION)) {
      // Typed too early, or not an answer.
      await terminal.type("yes");
      await terminal.press("Enter", "Enter");
      expect(await terminal.screen()).toContain(QUESTION);
      await terminal.type("no");
      await terminal.press("Enter");
      await terminal.shows(READY);
    }
    await terminal.type("@");
    await terminal.type("a");
    await terminal.press("BSpace", "BSpace");
    await terminal.type("say Good day from the model.");
    await terminal.press("Enter");
    await terminal.shows(/^Good day from the model\.$/m);
    await terminal.pressUntil("C-c", "To continue this conversation");
  }

  /** Fails if something has run, or left. */
  function expectNothing(): void {
    expect(readdirSync(join(home, "traces"))).toEqual([]);
    expect(connections).toBe(0);
    const sent = simulator.requests
      .map(({ body, headers }) => `${body}${JSON.stringify(headers)}`)
      .join("\n");
    expect(sent).toContain("Good day from the model");
    expect(sent).not.toContain(SECRET);
    expect(sent).not.toContain(HOSTILE_TEXT);
  }

  it("of all kinds at once runs nothing and sends nothing", { timeout: 120_000 }, async () => {
    const kinds = Object.keys(HOSTILE);
    // Only one can be there at a time.
    const alone =
      /^(?:a \.git |a Git configuration that is|a \.mcp\.json that|an AGENTS\.md that|an AGENTS\.md of|settings that)/;
    await visit(makeHostile(...kinds.filter((kind) => !alone.test(kind))));
    expectNothing();
  });

  it.each(Object.keys(HOSTILE))(
    "with %s runs nothing and sends nothing",
    { timeout: 120_000, ...needs(FULL_RUN) },
    async (kind) => {
      await visit(makeHostile(kind));
      expectNothing();
    },
  );

  it("is used after the word trust, until its content changes", {
    timeout: 120_000,
    ...needs(FULL_RUN),
  }, async () => {
    const folder = makeHostile(
      "an AGENTS.md",
      "a .mcp.json",
      "commands, also with the names of those of the app",
    );
    {
      await using terminal = await start(folder);
      await terminal.shows(QUESTION);
      await terminal.type("trust");
      await terminal.press("Enter");
      await terminal.shows(READY);
      await terminal.type("/canary");
      await terminal.shows("› /canary");
      await terminal.press("Enter");
      await expect
        .poll(() => simulator.requests.filter(({ body }) => body.includes(HOSTILE_TEXT)), { timeout: 20_000 })
        .not.toEqual([]);
      await expect.poll(() => readdirSync(join(home, "traces")), { timeout: 20_000 }).toContain("mcp");
      await terminal.press("C-c", "C-c");
    }
    // Variables of the user are not expanded into an address of the folder.
    expect(connections).toBe(0);
    await appendFile(join(folder, "AGENTS.md"), "More.");
    await using again = await start(folder);
    const question = await again.shows(QUESTION);
    expect(question).toContain("AGENTS.md (changed)");
    expect(question).not.toContain(".mcp.json");
    await again.press("C-c");
  });
});
