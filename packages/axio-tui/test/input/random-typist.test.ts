import { randomNumbers } from "test-support/random-numbers";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { type AskedApp, askedApp } from "../support/question-at.ts";
import { KEYS } from "../support/virtual-screen.ts";

const WORDS = "yes no always any never very that way a y n v add run it now please, then".split(" ");

/**
 * Someone who writes prompts while permission requests appear and disappear at any moment, and never wants to answer one.
 * They look at the screen only between two prompts: if a question has been there for a while, they do not begin to write.
 */
async function writePrompts(
  rounds: number,
  seed: number,
): Promise<AskedApp & { readonly sent: readonly string[] }> {
  const asked = await askedApp();
  const { app, type, wait, ask } = asked;
  const random = randomNumbers(seed);
  const chance = (probability: number): boolean => random() < probability;
  const pause = (most: number): void => wait(Math.floor(random() * most));
  const sent: string[] = [];
  app.submit = (text) => void sent.push(text);
  const open: AbortController[] = [];
  const maybeAsk = (): void => {
    while (chance(0.15)) {
      const end = new AbortController();
      open.push(end);
      ask({ signal: end.signal });
    }
    if (chance(0.05)) open.pop()?.abort();
  };
  const isReadable = (): boolean => app.state.permission?.isReady === true && app.state.editor.text === "";
  for (let round = 0; round < rounds; round += 1) {
    while (isReadable()) for (const end of open.splice(0)) end.abort();
    for (let words = 1 + Math.floor(random() * 4); words > 0; words -= 1) {
      const word = WORDS[Math.floor(random() * WORDS.length)] ?? "";
      const kind = random();
      if (kind < 0.1) type(`\x1b[200~${word}\ny\x1b[201~`);
      else if (kind < 0.2) type(word);
      else
        for (const letter of word) {
          type(letter);
          pause(250);
          maybeAsk();
        }
      if (chance(0.1)) type(KEYS.backspace);
      // The text of the prompt may be gone: then the next word is a new prompt.
      if (isReadable()) break;
      type(" ");
      pause(1_500);
      maybeAsk();
    }
    maybeAsk();
    if (chance(0.3)) pause(400);
    type(KEYS.enter);
    if (chance(0.2)) type(KEYS.enter);
    pause(chance(0.5) ? 100 : 3_000);
    maybeAsk();
  }
  await asked.settle();
  return { ...asked, sent };
}

describe("a user who writes while permission requests appear", () => {
  it("answers none by accident in 250 prompts", async () => {
    const { answers, sent, app } = await writePrompts(250, 1);
    expect(answers).toEqual([]);
    // The requests took nothing away.
    expect(sent.length).toBeGreaterThan(200);
    expect(app.options.permissions.size).toBeGreaterThan(0);
  });

  it("answers none by accident in 2,000 prompts", { ...needs(FULL_RUN), timeout: 240_000 }, async () => {
    for (const seed of [2, 3, 4, 5, 6, 7, 8, 9]) {
      const { answers } = await writePrompts(250, seed);
      expect(answers).toEqual([]);
    }
  });
});
