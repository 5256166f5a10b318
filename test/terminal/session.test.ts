import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Tmux } from "../../scripts/support/tmux.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** A screen on which nothing is under way. */
const IDLE = /^((?!Esc stops)[\s\S])*$/;

const skipped = !hasTmux && !process.env["AXIO_REQUIRE_ALL"];

describe.skipIf(skipped)(
  `a person's session in a real terminal, with the simulator${skipped ? " (skipped: no tmux)" : ""}`,
  () => {
    let home = "";
    let project = "";

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "axio-terminal-"));
      project = join(home, "project");
      await mkdir(project);
      await writeFile(join(project, "notes.md"), "The code word is heron.\n");
    });
    afterAll(() => rm(home, { recursive: true, force: true }));

    const open = (...args: readonly string[]): Promise<Tmux> =>
      Tmux.start(
        [
          process.execPath,
          "--conditions=axio-source",
          "--import",
          import.meta.resolve("tsx"),
          join(ROOT, "scripts", "start.ts"),
          ...args,
        ],
        {
          columns: 90,
          rows: 28,
          folder: project,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            XDG_STATE_HOME: join(home, "state"),
            LANG: "C.UTF-8",
            TERM: "xterm-256color",
          },
        },
      );
    const command = async (terminal: Tmux, text: string): Promise<void> => {
      await terminal.type(text);
      await terminal.shows(`› ${text}`);
      await terminal.press("Enter");
    };

    it("goes from the first start to a conversation that is gone on with another day", {
      timeout: 240_000,
    }, async () => {
      await using terminal = await open();
      const first = await terminal.shows("to look around without an account");
      expect(first).toContain("/login signs in");
      expect(first).toContain("the simulator");

      await command(terminal, "/model");
      await terminal.shows("type to find");
      await terminal.type("simulator 5.5");
      await terminal.shows(/› GPT-5\.5/);
      await terminal.press("Enter");
      await terminal.shows(/^GPT-5\.5.*Simulator/m);

      await terminal.paste(
        'What does it say?\ncall read_file {"path":"notes.md"}\ncall write_file {"path":"copy.md","content":"heron"}\nthen\nsay It says: {{result 1}}',
      );
      await terminal.press("Enter");
      await terminal.shows("y Yes, once");
      expect(await terminal.screen()).toContain("+heron");
      await terminal.type("y");
      await terminal.shows("✓ write_file copy.md");
      await terminal.shows(/It says:.*The code word is heron/s);
      await terminal.shows(IDLE);

      await terminal.paste(`say ${"a long answer ".repeat(400)}`);
      await terminal.press("Enter");
      await terminal.shows("Answering");
      await terminal.press("Escape");
      await terminal.shows("Stopped.");
      await terminal.shows(IDLE);

      await terminal.resize(40, 20);
      await terminal.shows(/^─{40}$/m);
      await terminal.resize(90, 28);
      await terminal.shows(/^─{90}$/m);

      await command(terminal, "/fork");
      await terminal.shows("You go on in a copy");
      await command(terminal, "/quit");
      const end = await terminal.shows("To go on with it: axio --session");
      expect(end).toContain("You go on in a copy");

      await using again = await open("--continue");
      await again.shows("The code word is heron");
      await command(again, "say Still here.");
      await again.shows(/^Still here\.$/m);
      await again.press("C-c", "C-c");
      await again.shows("To go on with it: axio --session");
    });
  },
);
