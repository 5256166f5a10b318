import { defineTool } from "axio";
import type { PermissionRequest } from "axio/plugin";
import { toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { appFrame } from "../../src/app/frame.ts";
import { INITIAL_STATE } from "../../src/conversation/state.ts";
import { makePermissionPanel } from "../../src/panels/permission.ts";
import { initialView } from "../../src/panels/view.ts";
import { FrameWriter } from "../../src/terminal/frame-writer.ts";
import { chooseTerminalStyle } from "../../src/terminal/terminal-style.ts";
import { startApp } from "../support/running-app.ts";
import { KEYS, VirtualScreen } from "../support/virtual-screen.ts";

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["plain text", "npm test -- --run 'a b'"],
  ["typographic quotes", "echo “quoted” ‘single’ – — … •"],
  ["a zero-width space", "git clone https://git\u200bhub.com/x"],
  ["zero-width joiners and a byte order mark", "\ufeffrm a\u200d\u200c\u2060b"],
  ["tag characters", "echo ok\u{e0072}\u{e006d}"],
  ["bidirectional controls", "echo \u202ehs.exe\u202c \u2066x\u2069 \u061c"],
  ["blank letters", "a\u2800b\u3164c\uffa0d\u115fe"],
  ["look-alike letters", "\u0430pt install \u0440ip \u03bfs gοogle"],
  ["full-width letters", "ｒｍ －ｒｆ ／"],
  ["other spaces", "a\u00a0b\u2003c\u3000d\u2028e\u2029f"],
  ["tabs and carriage returns", "ls\t-l\rrm -rf .\r\nls"],
  ["escape sequences", "ls\x1b[2K\x1b[1Aecho \x07\x9b31m\x7f\0"],
  ["combining characters", "rm -rf e\u0301\u0338 \ufe0f"],
  ["text that looks like an escape", "echo \\u{200b} \\\\u{41} \\n"],
  ["spaces at the ends of lines", "ls  \n  pwd   \n\n   "],
  ["several lines", "cat <<'EOF' > x\n  one\n\ttwo\nEOF\nls"],
  ["a long line", `echo ${"word ".repeat(90)}; rm -rf ~`],
  ["a line of spaces", `ls${" ".repeat(900)}; rm -rf ~`],
  ["many lines", Array.from({ length: 60 }, (_, line) => `echo ${line}`).join("\n")],
  ["emoji and lone surrogates", "echo 👩‍👩‍👧 \ud800x"],
];

const TERMINALS: readonly (readonly [name: string, lang: string, columns: number, rows: number])[] = [
  ["with Unicode", "en_GB.UTF-8", 80, 30],
  ["without Unicode", "C", 80, 30],
  ["on a small screen without Unicode", "", 34, 14],
];

describe.each(TERMINALS)("a permission request %s", (_terminal, LANG, columns, rows) => {
  /** Shows a request on a terminal, and reads all rows of it by scrolling. */
  function shownRows(request: Partial<PermissionRequest>, title = "Question?"): readonly string[] {
    const terminal = chooseTerminalStyle({ LANG, TERM: "xterm-256color" }, "dark");
    const pending = { id: 1, from: "local", request: { title: "Question", key: "ask", ...request } };
    const screen = new VirtualScreen(columns, rows);
    const writer = new FrameWriter((text) => screen.write(text));
    return allRows((offset) => {
      const permission = { ...makePermissionPanel(pending, 1), offset };
      const view = { ...initialView(terminal, columns, rows), permission };
      writer.show(appFrame(view, INITIAL_STATE, () => [], 0));
      return screen.text();
    }, title);
  }

  it.each(TEXTS)("shows exactly the command that runs: %s", (_name, command) => {
    const shown = shownRows({
      detail: { type: "command", command: "a harmless description" },
      subject: { type: "shell", command },
    });
    expect(onlyAscii(shown)).toBe(true);
    expect(readText(shown, columns)).toBe(command);
  });

  // A tool escapes text that looks like an escape.
  const escaped = TEXTS.filter(([, text]) => !text.includes("\\u{"));

  it.each(escaped)("shows exactly what a tool is called with: %s", (_name, value) => {
    const shown = shownRows({ detail: { type: "text", text: value } });
    expect(onlyAscii(shown)).toBe(true);
    expect(readText(shown, columns)).toBe(value);
  });

  it.each(escaped)("shows exactly the lines that change: %s", (_name, value) => {
    const diff = value
      .split("\n")
      .map((line) => `+${line}`)
      .join("\n");
    const shown = shownRows({ detail: { type: "diff", path: "a.txt", diff: `${diff}\n` } });
    expect(onlyAscii(shown)).toBe(true);
    expect(readText(shown, columns)).toBe(diff);
  });

  it.each(escaped)("shows exactly the path in its title: %s", (_name, value) => {
    const path = `a/${value.slice(0, 60)}/b`;
    const shown = shownRows({ title: `Change ${path}` }, "Change a/");
    const [head = ""] = [shown.map((row) => row.padEnd(columns)).join("")];
    expect(unescaped(head).startsWith(`Change ${path}?`)).toBe(true);
  });
});

describe("a long request in the app", () => {
  it("can be read to its end, page by page, while the prompt has text", async () => {
    const lines = Array.from({ length: 60 }, (_, line) => `echo ${line}`);
    const command = `${lines.join("\n")} “x”`;
    const app = await startApp({
      rows: 24,
      env: { LANG: "C", TERM: "xterm-256color" },
      answers: [toolAnswer(toolUse("c1", "ask"))],
      tools: (host) => [
        defineTool({
          name: "ask",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: async () => {
            const request = { title: "Question", key: "ask", subject: { type: "shell", command } } as const;
            return String((await host.requestPermission(request)).allowed);
          },
        }),
      ],
    });
    app.say("Ask.");
    await app.screen.shows("Requested by");
    app.keyboard.type("my text");
    await app.screen.shows("> my text");
    const seen = new Set<string>();
    while (seen.size < lines.length) {
      const screen = await app.screen.shows(/rows \d+-\d+ of 62/);
      for (const row of screen.split("\n")) if (/^[$>] echo/.test(row)) seen.add(row);
      if (screen.includes("-62 of 62")) break;
      const [position = ""] = /rows \d+-\d+/.exec(screen) ?? [];
      app.keyboard.type(KEYS.pageDown);
      await app.screen.shows((now) => !now.includes(position));
    }
    expect([...seen].map((row) => row.slice(2))).toEqual([
      ...lines.slice(0, -1),
      "echo 59 \\u{201c}x\\u{201d}",
    ]);
    expect(app.screen.text()).toContain("> my text");
  });
});

/** Reads all rows of the request. The first is the one that contains `title`. */
function allRows(show: (offset: number) => string, title: string): readonly string[] {
  const found = new Map<number, string>();
  for (let offset = 0; offset < 200; offset += 1) {
    const screen = show(offset).split("\n");
    const position = screen.findIndex((row) => /rows \d+-\d+ of \d+/.test(row));
    if (position < 0) {
      const start = screen.findIndex((row) => row.includes(title));
      const end = screen.findIndex((row) => /y (?:Yes, )?once/.test(row));
      return withoutEnd(screen.slice(start, end));
    }
    const [, first = 0, last = 0, count = 0] =
      /rows (\d+)-(\d+) of (\d+)/.exec(screen[position] ?? "")?.map(Number) ?? [];
    for (let row = first; row <= last; row += 1) found.set(row, screen[position - (last - row) - 1] ?? "");
    if (last === count) return [...found.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  }
  throw new Error("The request has no end.");
}

/** Removes the empty row before the answers. */
function withoutEnd(rows: readonly string[]): readonly string[] {
  return rows.at(-1) === "" ? rows.slice(0, -1) : rows;
}

function afterHead(rows: readonly string[]): readonly string[] {
  const head = rows.findIndex((row) => row.startsWith("Requested by"));
  return rows.slice(head + 1);
}

/** Reads the text from rows. A row that begins with `|` continues the one before, which fills the screen. */
function readText(rows: readonly string[], columns: number): string {
  const lines: string[] = [];
  for (const row of afterHead(rows)) {
    const text = row.slice(2);
    if (row.padEnd(2).startsWith("| "))
      lines.push(`${(lines.pop() ?? "").padEnd(columns - 2)}${text.padEnd(columns - 2)}`);
    else lines.push(text.padEnd(columns - 2));
  }
  // Spaces at the end of a line are escaped: these are the screen's.
  return unescaped(lines.map((line) => line.trimEnd()).join("\n"));
}

function unescaped(text: string): string {
  return text.replace(/\\u\{([0-9a-f]+)\}/g, (_escape, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

function onlyAscii(rows: readonly string[]): boolean {
  return rows.every((row) => /^[\x20-\x7e…]*$/.test(row));
}
