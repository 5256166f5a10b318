import { describe, expect, it } from "vitest";
import { followAttention } from "../../src/app/attention.ts";
import { type ConversationState, INITIAL_STATE } from "../../src/conversation/state.ts";
import { Store } from "../../src/conversation/store.ts";
import { initialView, type View } from "../../src/panels/view.ts";
import {
  notificationSequence,
  terminalFeatures,
  titleSequence,
} from "../../src/terminal/terminal-features.ts";
import { chooseTerminalStyle } from "../../src/terminal/terminal-style.ts";
import { span } from "../../src/theme/line.ts";
import { paintLine } from "../../src/theme/theme.ts";

describe("the features of a terminal", () => {
  it.each([
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, true, true, "osc-9"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, true, true, "osc-777"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" }, true, false, "bell"],
    [{ TERM: "xterm-kitty", KITTY_WINDOW_ID: "1" }, true, true, "osc-9"],
    [{ TERM: "xterm-256color", VTE_VERSION: "7600" }, true, true, "osc-777"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app", TMUX: "/tmp/tmux" }, false, false, "bell"],
    [{ TERM: "screen-256color", TERM_PROGRAM: "WezTerm" }, false, false, "bell"],
    [{ TERM: "linux", KITTY_WINDOW_ID: "1" }, false, false, "none"],
    [{ TERM: "xterm-256color" }, false, false, "none"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "constructor" }, false, false, "none"],
    [{}, false, false, "none"],
  ])("%j", (env, title, hyperlinks, notification) => {
    expect(terminalFeatures(env)).toEqual({ title, hyperlinks, notification });
  });

  it("let no text end a sequence early", () => {
    expect(titleSequence("a\x07b\x1b]0;c\u009c")).toBe("\x1b]2;a b ]0;c \x07");
    expect(notificationSequence("osc-777", "a;b\x07")).toBe("\x1b]777;notify;axio;a,b \x07");
  });
});

describe("a link", () => {
  const paint = (url: string, hyperlinks = true): string =>
    paintLine([span("text", { url })], {}, hyperlinks);

  it("is one for the terminal if that opens addresses", () => {
    expect(paint("https://example.com/a?b#c")).toBe(
      "\x1b]8;;https://example.com/a?b#c\x1b\\text\x1b]8;;\x1b\\",
    );
    expect(paint("https://example.com", false)).toBe("text");
  });

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://a\x1b\\b",
    "https://a\x07",
    "https://ä.example",
  ])("is text only: %j", (url) => {
    expect(paint(url)).toBe("text");
  });
});

describe("the title and the call for the user", () => {
  const style = chooseTerminalStyle({}, "dark");

  /** Returns what is written while the app goes through some states. */
  function written(
    setting: "auto" | "bell" | "off",
    steps: readonly [Partial<View> | Partial<ConversationState>, number][],
    env = { TERM: "xterm-kitty" },
  ): string {
    const view = new Store<View>(initialView(style, 80, 24));
    const conversation = new Store<ConversationState>(INITIAL_STATE);
    let time = 0;
    let text = "";
    const end = followAttention({
      view,
      conversation,
      features: terminalFeatures(env),
      setting,
      cwd: "/projects/project",
      write: (part) => {
        text += part;
      },
      now: () => time,
    });
    for (const [change, at] of steps) {
      time = at;
      if ("phase" in change) conversation.change(change as Partial<ConversationState>);
      else view.change(change as Partial<View>);
    }
    end();
    return text;
  }

  /** The sequences of one kind, without their first and last character. */
  function sequences(text: string, kind: string): readonly string[] {
    return text.split("\x07").flatMap((part) => {
      const at = part.indexOf(kind);
      return at < 0 ? [] : [part.slice(at)];
    });
  }

  const running = { phase: "running" } as const;
  const idle = { phase: "idle" } as const;
  const question = { permission: {} as NonNullable<View["permission"]> };

  it("follow what the app does, and end with the title of the shell", () => {
    const text = written("auto", [
      [running, 0],
      [question, 1],
      [{ permission: undefined }, 2],
      [idle, 3],
    ]);
    expect(sequences(text, "]2;")).toEqual([
      "]2;axio: project",
      "]2;… axio: project",
      "]2;? axio: project",
      "]2;… axio: project",
      "]2;axio: project",
      "]2;",
    ]);
    expect(sequences(text, "]9;")).toEqual(["]9;axio: project needs your answer"]);
  });

  it("call after a long run only", () => {
    expect(
      written("auto", [
        [running, 0],
        [idle, 9_000],
      ]),
    ).not.toContain("is done");
    expect(
      written("auto", [
        [running, 0],
        [idle, 11_000],
      ]),
    ).toContain("]9;axio: project is done");
  });

  it("keep to the setting", () => {
    const steps: readonly [typeof question, number][] = [[question, 0]];
    expect(written("off", steps)).not.toContain("]9;");
    expect(written("bell", steps, { TERM: "xterm" })).toBe("\x07");
    expect(written("auto", steps, { TERM: "xterm" })).toBe("");
  });
});
