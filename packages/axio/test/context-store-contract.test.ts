import {
  AutoCompactingStore,
  type ContextStore,
  estimateTokens,
  MemoryContextStore,
  userMessage,
} from "axio";
import { describeContextStore } from "axio/testing";
import { describe, expect, it } from "vitest";

const close = async (): Promise<void> => undefined;

describeContextStore({
  name: "MemoryContextStore",
  describe,
  it,
  create: async () => ({ store: new MemoryContextStore(), close }),
});

describeContextStore({
  name: "AutoCompactingStore",
  describe,
  it,
  create: async () => {
    const options = { maxTokens: 100_000, strategy: async () => [] };
    return { store: new AutoCompactingStore(new MemoryContextStore(), options), close };
  },
});

it("AutoCompactingStore has heads and checkpoints exactly if its store has them", () => {
  const options = { maxTokens: 100_000, strategy: async () => [] };
  const memory = new MemoryContextStore();
  const plain = Object.assign(Object.create(memory), { head: undefined }) as ContextStore;
  const saving = Object.assign(Object.create(memory), { checkpoint: async () => undefined }) as ContextStore;
  expect(new AutoCompactingStore(memory, options)).toMatchObject({
    head: expect.any(Function),
    checkpoint: undefined,
  });
  expect(new AutoCompactingStore(plain, options).head).toBeUndefined();
  expect(new AutoCompactingStore(saving, options).checkpoint).toBeTypeOf("function");
});

/** Runs the contract against a store whose methods are replaced, and returns the names of the checks that fail. */
async function failingChecks(change: (store: MemoryContextStore) => Partial<ContextStore>) {
  const results: Promise<readonly string[]>[] = [];
  describeContextStore({
    name: "A faulty store",
    describe: (_name, body) => body(),
    it: (name, body) =>
      results.push(
        body().then(
          () => [],
          () => [name],
        ),
      ),
    create: async () => {
      const store = new MemoryContextStore();
      const unchanged: ContextStore = {
        id: store.id,
        append: (messages, info) => store.append(messages, info),
        history: () => store.history(),
        fork: () => store.fork(),
        clear: () => store.clear(),
        compact: (replacement, count) => store.compact(replacement, count),
        tokenCount: () => store.tokenCount(),
      };
      const faulty = { ...unchanged, ...change(store) };
      return { store: faulty, reopen: async () => faulty, close };
    },
  });
  return (await Promise.all(results)).flat();
}

const ORDER = "returns appended messages in order, and none after clear()";
const TOKENS = "uses the provider's token count, and estimates later messages";
const FORK = "forks into an independent conversation with the same messages and count";

describe("the contract detects a store that", () => {
  it.each<[string, string, (store: MemoryContextStore) => Partial<ContextStore>]>([
    [
      "prepends messages",
      ORDER,
      (store) => ({ history: async () => [...(await store.history())].reverse() }),
    ],
    ["keeps messages after clear()", ORDER, () => ({ clear: async () => undefined })],
    [
      "loses a type of block",
      "preserves every type of block",
      (store) => ({
        append: (messages, info) =>
          store.append(
            messages.map(({ role, content }) => ({
              role,
              content: content.filter(({ type }) => type !== "opaque"),
            })),
            info,
          ),
      }),
    ],
    [
      "separates concurrent appends",
      "keeps concurrent appends complete and together",
      (store) => ({
        append: async (messages, info) => {
          for (const message of messages) await store.append([message], info);
        },
      }),
    ],
    ["ignores the provider's count", TOKENS, (store) => ({ append: (messages) => store.append(messages) })],
    ["estimates nothing", TOKENS, () => ({ tokenCount: async () => 1_234 })],
    [
      "compacts with any count",
      "replaces its first messages, and rejects an invalid count",
      (store) => ({
        compact: async (replacement, count) => {
          const history = await store.history();
          await store.clear();
          await store.append([...replacement, ...history.slice(count)]);
        },
      }),
    ],
    ["forks into itself", FORK, (store) => ({ fork: async () => store })],
    ["forks into an empty store", FORK, () => ({ fork: async () => new MemoryContextStore() })],
    [
      "drops messages of an aborted run",
      "stores messages even if the signal has fired",
      (store) => ({
        append: async (messages, info) => {
          if (!info?.signal?.aborted) await store.append(messages, info);
        },
      }),
    ],
    [
      "forgets its count",
      "has the same id, messages and count after it is opened again",
      () => ({ tokenCount: async () => 1 }),
    ],
  ])("%s", async (_name, check, change) => {
    expect(await failingChecks(change)).toContain(check);
  });

  it("is faulty, and passes a correct one", async () => {
    expect(await failingChecks(() => ({}))).toEqual([]);
  });
});

it("MemoryContextStore can start with messages, whose tokens are estimated", async () => {
  const messages = [userMessage("Who are you?"), userMessage("Hello?")];
  const store = new MemoryContextStore(messages);
  expect(await store.history()).toEqual(messages);
  expect(await store.tokenCount()).toBe(estimateTokens(messages));
  await store.append(messages, { contextTokens: 1_234 });
  await store.append(messages);
  expect(await store.tokenCount()).toBe(1_234 + estimateTokens(messages));
});
