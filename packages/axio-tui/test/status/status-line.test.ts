import { describe, expect, it } from "vitest";
import { type ConversationState, INITIAL_STATE } from "../../src/conversation/state.ts";
import { statusLine } from "../../src/status/status-line.ts";
import { formatAge, formatElapsed, formatWindowShort } from "../../src/status/time.ts";
import { chooseTerminalStyle } from "../../src/terminal/terminal-style.ts";
import { lineText } from "../../src/theme/line.ts";

const STATE: ConversationState = {
  ...INITIAL_STATE,
  provider: {
    name: "codex",
    title: "ChatGPT (Codex)",
    account: "ada@example.com",
    profile: "work",
    needsSignIn: false,
  },
  model: { id: "gpt-6-sol", displayName: "GPT-6-Sol", capabilities: ["text"], contextWindow: 272_000 },
  effort: "high",
  contextTokens: 84_000,
  rateLimits: {
    limits: [
      {
        id: "codex",
        windows: [
          { usedPercent: 34, windowMs: 300 * 60_000 },
          { usedPercent: 99.6, windowMs: 10_080 * 60_000 },
        ],
      },
      { id: "reviews", windows: [{ usedPercent: 1 }] },
    ],
  },
};

function shown(width: number, state = STATE, env = { LANG: "C.UTF-8" }): string {
  return lineText(statusLine(state, width, chooseTerminalStyle(env, "dark")));
}

describe("the status line", () => {
  it("shows the model, the context, the limits and the account", () => {
    expect(shown(200)).toBe(
      "GPT-6-Sol high · ██░░░░ 84k/272k · 5h ██░░░ 34% · week ████░ 100% · ChatGPT (Codex) · ada@example.com, work",
    );
  });

  it("omits the last items if there is no room, and no more than necessary", () => {
    expect(shown(70)).toBe("GPT-6-Sol high · ██░░░░ 84k/272k · 5h ██░░░ 34% · week ████░ 100%");
    expect(shown(40)).toBe("GPT-6-Sol high · ██░░░░ 84k/272k");
    expect(shown(20)).toBe("GPT-6-Sol high");
    expect(shown(8)).toBe("GPT-6-S…");
  });

  it("is in ASCII if the terminal shows no more", () => {
    expect(shown(40, STATE, { LANG: "C" })).toBe("GPT-6-Sol high - ##.... 84k/272k");
  });

  it("says that the user is not signed in, or that no model is selected", () => {
    const { provider } = STATE;
    if (provider === undefined) throw new Error("There is no provider.");
    expect(shown(80, { ...STATE, provider: { ...provider, needsSignIn: true } })).toContain("not signed in");
    expect(shown(80, INITIAL_STATE)).toBe("no model selected");
  });
});

describe("times", () => {
  it("are formatted in their two largest units", () => {
    expect([5, 65, 3_725, 100_000].map(formatElapsed)).toEqual(["5 s", "1 min 5 s", "1 h 2 min", "1 d 3 h"]);
    expect(formatAge(0, 30_000)).toBe("just now");
    expect(formatAge(0, 7_200_000)).toBe("2 h ago");
    const minutes = [300, 299, 10_080, 1_440, 45];
    expect([...minutes.map((count) => count * 60_000), undefined].map(formatWindowShort)).toEqual([
      "5h",
      "5h",
      "week",
      "day",
      "45min",
      "limit",
    ]);
  });
});
