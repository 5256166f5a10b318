import { describe, expect, it } from "vitest";
import { type ConversationState, FIRST_STATE, type TransportState } from "../../src/conversation/state.ts";
import { statusLine } from "../../src/status/status-line.ts";
import { lineText } from "../../src/theme/line.ts";
import { chooseLook } from "../../src/theme/look.ts";
import { MODEL } from "../support/test-options.ts";

const LOOK = chooseLook({ LANG: "en_GB.UTF-8", TERM: "xterm-256color" }, "dark");
const USAGE_URL = "https://chatgpt.com/settings/usage";
const PLAN: TransportState = {
  name: "chatgpt",
  title: "ChatGPT plan",
  account: "ada@example.com",
  needsSignIn: false,
  planUse: { isOn: true, label: "Using ChatGPT plan" },
  usageUrl: USAGE_URL,
};

function shown(transport: TransportState, width: number, rest: Partial<ConversationState> = {}): string {
  return lineText(statusLine({ ...FIRST_STATE, transport, model: MODEL, ...rest }, width, LOOK));
}

describe("the status line", () => {
  it("says that a plan is used, where that is managed, and whose it is", () => {
    expect(shown(PLAN, 120)).toBe(
      `Scripted One · Using ChatGPT plan · Manage usage: ${USAGE_URL} · ada@example.com`,
    );
  });

  it("names the command where there is no room for the address", () => {
    const line = shown(PLAN, 80, { contextTokens: 12_000 });
    expect(line).toContain("Using ChatGPT plan · Manage usage: /usage");
    expect(line).not.toContain("https://");
    expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says that a plan is not used", () => {
    expect(shown({ ...PLAN, planUse: { isOn: false, label: "ChatGPT plan not used" } }, 120)).toContain(
      "ChatGPT plan not used",
    );
  });

  it("names the page of a provider without such a choice last, and first of all leaves it out", () => {
    const { planUse: _none, ...transport } = PLAN;
    expect(shown(transport, 120)).toBe(
      `Scripted One · ChatGPT plan · ada@example.com · Manage usage: ${USAGE_URL}`,
    );
    expect(shown(transport, 50)).toBe("Scripted One · ChatGPT plan · ada@example.com");
    expect(shown({ ...transport, needsSignIn: true }, 120)).not.toContain("Manage usage");
  });
});
