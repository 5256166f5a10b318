import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { drawPeerPage } from "./peers/page.ts";

describe("beside the package openai", needs(RECORDINGS), () => {
  test("each stream has the right outcome, each difference a reason, and docs/chat-streams.md states them", async () => {
    const { text, wrong, unexplained } = await drawPeerPage();
    expect(wrong).toEqual([]);
    expect(unexplained).toEqual([]);
    await expect(text).toMatchFileSnapshot(
      new URL("../../../docs/chat-streams.md", import.meta.url).pathname,
    );
  });
});
