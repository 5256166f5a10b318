import type { Block } from "../blocks.ts";
import type { ContextStore } from "../context-store.ts";
import { assistantMessage, type Message, userMessage } from "../messages.ts";
import { assert, assertEqual, assertRejects } from "./assertions.ts";
import { type ContractCheck, describeContract, type TestRunner } from "./contract-runner.ts";

/** A context store under test. */
export interface ContextStoreHarness {
  /** A new, empty store. */
  readonly store: ContextStore;
  /** Opens the same conversation again, as another process would. Default: the store is in memory. */
  readonly reopen?: (() => Promise<ContextStore>) | undefined;
  /** Called once after each check. */
  readonly close: () => Promise<void>;
}

/** The options of {@link describeContextStore}. */
export interface ContextStoreContract extends TestRunner {
  readonly name: string;
  readonly create: () => Promise<ContextStoreHarness>;
}

const question = userMessage("Who are you?");
const answer = assistantMessage("A test.");

const everyBlock: readonly Block[] = [
  {
    type: "text",
    text: "Grüße 👋\u0000\n",
    phase: "final",
    sources: [{ url: "https://example.com", start: 0 }],
  },
  { type: "reasoning", text: "", providerData: { responses: { encrypted: "AAAA" } } },
  { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } },
  { type: "file", mediaType: "application/pdf", source: { kind: "url", url: "https://example.com/a.pdf" } },
  { type: "tool-use", id: "1", name: "add", input: { left: 1, list: [null, true, 1.5] } },
  { type: "tool-result", toolCallId: "1", content: [{ type: "text", text: "3" }], isError: true },
  { type: "hosted-tool", name: "web-search", input: { query: "test" } },
  { type: "opaque", kind: "unknown_item", providerData: { responses: { nested: { deep: [1] } } } },
];

const checks: readonly ContractCheck<ContextStoreHarness>[] = [
  {
    name: "returns appended messages in order, and none after clear()",
    run: async ({ store }) => {
      await store.append([question]);
      await store.append([answer, answer]);
      await store.append([]);
      await expectHistory(store, [question, answer, answer]);
      await store.clear();
      await expectHistory(store, []);
      assertEqual(await store.tokenCount(), 0, "the tokens of an empty history");
    },
  },
  {
    name: "preserves every type of block",
    run: async ({ store }) => {
      const messages: readonly Message[] = [{ role: "system", content: [] }, userMessage(everyBlock)];
      await store.append(messages);
      await expectHistory(store, messages);
    },
  },
  {
    name: "returns a history that later changes do not affect",
    run: async ({ store }) => {
      await store.append([question]);
      const before = await store.history();
      await store.append([answer]);
      assertEqual(before.length, 1, "the length of the earlier history");
    },
  },
  {
    name: "keeps concurrent appends complete and together",
    run: async ({ store }) => {
      const pairs = Array.from({ length: 20 }, (_, index) => [
        userMessage(`question ${index}`),
        assistantMessage(`answer ${index}`),
      ]);
      await Promise.all(pairs.map((pair) => store.append(pair)));
      const history = await store.history();
      assertEqual(history.length, 40, "the number of messages");
      for (const pair of pairs) {
        const start = history.findIndex((message) => same(message, pair[0]));
        assert(same(history.slice(start, start + 2), pair), "An append was lost or separated.");
      }
    },
  },
  {
    name: "uses the provider's token count, and estimates later messages",
    run: async ({ store }) => {
      await store.append([question, answer], { contextTokens: 1_234 });
      assertEqual(await store.tokenCount(), 1_234, "the counted tokens");
      await store.append([question]);
      assert((await store.tokenCount()) > 1_234, "The messages after the count have no tokens.");
      await store.compact([question], 2);
      const tokens = await store.tokenCount();
      assert(tokens > 0 && tokens < 1_234, "The count was kept after a compaction.");
    },
  },
  {
    name: "replaces its first messages, and rejects an invalid count",
    run: async ({ store }) => {
      await store.append([question, answer, question]);
      await store.compact([answer], 2);
      await expectHistory(store, [answer, question]);
      for (const count of [3, -1, 0.5]) {
        const error = await assertRejects(() => store.compact([], count));
        assertEqual(error.code, "invalid-argument", `the code for the count ${count}`);
      }
      await expectHistory(store, [answer, question]);
    },
  },
  {
    name: "forks into an independent conversation with the same messages and count",
    run: async ({ store }) => {
      await store.append([question], { contextTokens: 99 });
      const fork = await store.fork();
      assert(fork.id !== store.id, "The fork has the id of the original.");
      assertEqual(await fork.tokenCount(), 99, "the tokens of the fork");
      await fork.append([answer]);
      await store.append([question]);
      await expectHistory(store, [question, question]);
      await expectHistory(fork, [question, answer]);
      await store.clear();
      await expectHistory(fork, [question, answer]);
    },
  },
  {
    name: "stores messages even if the signal has fired",
    run: async ({ store }) => {
      await store.append([question], { signal: AbortSignal.abort() });
      await expectHistory(store, [question]);
    },
  },
  {
    name: "appends, if it has heads, only where the caller expects the end",
    run: async ({ store }) => {
      if (store.head === undefined) return;
      const empty = await store.head();
      await store.append([question], { expect: empty });
      const asked = await store.head();
      const error = await assertRejects(() => store.append([question], { expect: empty }));
      assertEqual(error.code, "store-conflict", "the code");
      const attempts = [1, 2, 3].map((number) =>
        store.append([answer, userMessage(`${number}`)], { expect: asked }).then(
          () => 1,
          () => 0,
        ),
      );
      const stored = (await Promise.all(attempts)).reduce((sum, count) => sum + count, 0);
      assertEqual(stored, 1, "the number of appends at one head");
      assertEqual((await store.history()).length, 3, "the number of messages");
      const full = await store.head();
      await store.compact([question], 3);
      await assertRejects(() => store.append([answer], { expect: full }));
    },
  },
  {
    name: "keeps checkpoints, if it has them, out of the history",
    run: async ({ store }) => {
      await store.checkpoint?.([question]);
      await expectHistory(store, []);
      await store.checkpoint?.([question, answer]);
      await store.append([question]);
      await expectHistory(store, [question]);
    },
  },
  {
    name: "has the same id, messages and count after it is opened again",
    run: async ({ store, reopen }) => {
      if (reopen === undefined) return;
      await store.append([question, answer], { contextTokens: 1_234 });
      const again = await reopen();
      assertEqual(again.id, store.id, "the id");
      await expectHistory(again, [question, answer]);
      assertEqual(await again.tokenCount(), 1_234, "the tokens");
    },
  },
];

/**
 * Defines the contract of context stores as tests.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { MemoryContextStore } from "axio";
 * import { describeContextStore } from "axio/testing";
 *
 * describeContextStore({
 *   name: "MemoryContextStore",
 *   describe,
 *   it,
 *   create: async () => ({ store: new MemoryContextStore(), close: async () => {} }),
 * });
 * ```
 */
export function describeContextStore({ name, create, ...runner }: ContextStoreContract): void {
  describeContract(`${name} keeps the context store contract`, runner, create, checks);
}

async function expectHistory(store: ContextStore, expected: readonly Message[]): Promise<void> {
  assertEqual(JSON.stringify(await store.history()), JSON.stringify(expected), "the history");
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
