import { startAnthropicSimulator, startOpenAISimulator } from "axio-simulator";
import { FULL_RUN, needs } from "test-support/requirements";
import type { Tmux } from "test-support/tmux";
import { describe, expect, it } from "vitest";
import { enter, IDLE, RealApp, TMUX } from "./support/real-app.ts";

const NOTES = "The code word is heron.\n";
const TOOL_TURN = 'What does it say?\ncall read_file {"path":"notes.md"}\nthen\nsay It says: {{result 1}}';

/** Returns a screen without line breaks. */
const inOneLine = (screen: string): string => screen.replaceAll(/\s+/g, " ");

/** Selects a line of a menu. */
async function choose(terminal: Tmux, line: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    if ((await terminal.screen()).includes(`› ${line}`)) return terminal.press("Enter");
    await terminal.press("Down");
  }
  await terminal.shows(`› ${line}`);
}

describe("signing in with an API key in a real terminal", needs(TMUX, FULL_RUN), () => {
  it("asks again after a wrong key of Claude, then offers its models, runs tools and signs out", {
    timeout: 240_000,
  }, async () => {
    await using simulator = await startAnthropicSimulator();
    const { baseUrl, apiKey } = simulator;
    await using app = await RealApp.create({ "providers/anthropic": { baseUrl } }, NOTES);
    await using terminal = await app.open();
    await terminal.shows("You are not signed in yet.");

    await enter(terminal, "/login");
    await terminal.shows("type to find");
    await terminal.type("claude");
    await terminal.shows("› Claude (Anthropic)");
    await terminal.press("Enter");
    const question = inOneLine(await terminal.shows("https://console.anthropic.com/settings/keys"));
    expect(question).toContain("Anthropic API key: paste it, and press Enter. It is not shown.");
    await terminal.paste("sk-ant-api03-0123456789abcWRONG");
    await terminal.shows("› •••");
    await terminal.press("Enter");
    const rejected = await terminal.shows("does not accept the API key. Check it, or use another one.");
    expect(rejected).not.toContain("WRONG");
    await terminal.paste(apiKey);
    await terminal.shows("› •••");
    await terminal.press("Enter");
    const known = await terminal.shows(`✓ Using the API key …${apiKey.slice(-4)} of Anthropic.`);
    expect(known).toContain("Manage usage: https://console.anthropic.com");
    expect(known).not.toContain("does not accept");
    await terminal.press("Enter");
    await terminal.shows(/^Claude Sonnet 5\.5 .*Claude \(Anthropic\)/m);

    await enter(terminal, "/model");
    const models = await terminal.shows("› Claude Sonnet 5.5 ✓");
    expect(models).toContain("Claude Opus 5.5");
    await terminal.type("haiku");
    await terminal.shows("› Claude Haiku 5.5");
    await terminal.press("Enter");
    await terminal.shows(/^Claude Haiku 5\.5/m);
    await terminal.paste(TOOL_TURN);
    await terminal.press("Enter");
    await terminal.shows("✓ read_file notes.md");
    await terminal.shows(/It says:.*The code word is heron/);
    await terminal.shows(IDLE);
    const asked = simulator.requests.filter(({ path }) => path === "/v1/messages");
    expect(asked.map(({ json }) => (json as { model: string }).model)).toEqual([
      "claude-haiku-5-5",
      "claude-haiku-5-5",
    ]);

    await enter(terminal, "/usage");
    const usage = await terminal.shows("Esc close");
    expect(usage).toMatch(/Requests\n.*% used/);
    await terminal.press("Escape");
    await enter(terminal, "/logout");
    const end = inOneLine(await terminal.shows("Signed out."));
    expect(end).toContain(
      "The API key is deleted here. It remains valid until you revoke it at https://console.anthropic.com/settings/keys",
    );
    await enter(terminal, "Hello?");
    await terminal.shows("Sign in first: /login.");
    expect(await terminal.screen()).toMatch(/^not signed in/m);
  });

  it("adds a server of the user after a wrong name and a wrong address, runs tools and signs out", {
    timeout: 240_000,
  }, async () => {
    await using simulator = await startOpenAISimulator({ dialect: "vllm", switches: { keyless: false } });
    const { baseUrl, apiKey, origin } = simulator;
    const { host } = new URL(origin);
    await using app = await RealApp.create({}, NOTES);
    await using terminal = await app.open();
    await terminal.shows("You are not signed in yet.");

    await enter(terminal, "/login openai");
    const question = inOneLine(await terminal.shows("Which server?"));
    expect(question).toContain("Press Enter for OpenAI, or enter a name, such as openrouter or ollama");
    await enter(terminal, "vlm");
    expect(inOneLine(await terminal.shows('There is no server "vlm".'))).toContain("ollama, vllm,");
    await enter(terminal, `${origin}/wrong`);
    await terminal.shows(`API key of ${host}: paste it`);
    expect(inOneLine(await terminal.screen())).toContain("If the server needs none, just press Enter.");
    await terminal.paste(apiKey);
    await terminal.shows("› •••");
    await terminal.press("Enter");
    const warned = inOneLine(await terminal.shows("could not be checked"));
    expect(warned).toContain("! The key is stored, but could not be checked.");
    expect(warned).toContain(`The base URL is ${origin}/wrong; that of most servers ends in /v1.`);
    expect(warned).not.toContain("platform.openai.com");

    await choose(terminal, "Sign in again");
    await terminal.shows(`Press Enter for ${origin}/wrong`);
    await enter(terminal, baseUrl);
    await terminal.shows(`API key of ${host}: paste it`);
    await terminal.paste("sk-wrong-0123456789");
    await terminal.press("Enter");
    await terminal.shows(`! ${host} got no API key that it accepts.`);
    await terminal.paste(apiKey);
    await terminal.press("Enter");
    const known = await terminal.shows("✓ Using the API key");
    expect(known).toContain(`Address    ${baseUrl}`);
    expect(known).not.toContain("! ");
    await terminal.press("Enter");
    await terminal.shows(new RegExp(`^Qwen/\\S+ .*${host}`, "m"));

    await enter(terminal, "/model");
    expect(await terminal.shows(/› Qwen\S+ ✓/)).toContain(` ${host}\n`);
    await terminal.press("Enter");
    await terminal.paste(TOOL_TURN);
    await terminal.press("Enter");
    await terminal.shows("✓ read_file notes.md");
    await terminal.shows(/It says:.*The code word is heron/);
    await terminal.shows(IDLE);

    await enter(terminal, "/logout");
    await terminal.shows("Signed out. The API key is deleted here.");
    expect(inOneLine(await terminal.screen())).not.toContain("revoked");
  });
});
