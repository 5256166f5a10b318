import {
  assistantMessage,
  type ContextStore,
  MemoryContextStore,
  type Message,
  messageText,
  userMessage,
} from "axio";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { SessionDatabase } from "../src/index.ts";
import { openDatabase } from "./support/open-database.ts";

const text = fc.oneof(
  fc.constant(" \n"),
  fc.string({ maxLength: 10 }),
  fc.string({ unit: "binary", maxLength: 100 }),
);
const message: fc.Arbitrary<Message> = fc.oneof(
  text.map((value) => userMessage(value)),
  text.map((value) => assistantMessage(value)),
);
const messages = fc.array(message, { maxLength: 4 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

type Step =
  | { readonly kind: "append"; readonly messages: readonly Message[]; readonly tokens: number | undefined }
  | { readonly kind: "compact"; readonly messages: readonly Message[]; readonly share: number }
  | { readonly kind: "fork" | "clear" | "reopen" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("append" as const),
    messages,
    tokens: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("compact" as const), messages, share }),
  fc.record({ kind: fc.constantFrom("fork" as const, "clear" as const, "reopen" as const) }),
);

/** Returns the preview as SQLite stores it: without NUL and lone surrogates. */
function stored(preview: string): string {
  return Buffer.from(preview.replaceAll("\0", " ")).toString();
}

/** Returns what the list must say of the stores that have messages. */
async function expectedList(
  models: readonly MemoryContextStore[],
  parents: readonly (number | undefined)[],
): Promise<unknown> {
  const histories = await Promise.all(models.map((model) => model.history()));
  return histories.flatMap((history, name) => {
    const first = history.find(({ role }) => role === "user");
    const text = first === undefined ? "" : messageText(first);
    const preview = text.trim() === "" ? "" : stored(text.slice(0, 80));
    return history.length === 0
      ? []
      : [{ name, messageCount: history.length, preview, parent: parents[name] }];
  });
}

async function actualList(database: SessionDatabase, stores: readonly ContextStore[]): Promise<unknown> {
  const nameOf = (id: string): number => stores.findIndex((store) => store.id === id);
  const sessions = (await database.list()).map(({ id, messageCount, preview, forkedFrom }) => ({
    name: nameOf(id),
    messageCount,
    preview: stored(preview),
    parent: forkedFrom === undefined ? undefined : nameOf(forkedFrom),
  }));
  return sessions.sort((left, right) => left.name - right.name);
}

it("behaves like MemoryContextStore for any sequence of operations", async () => {
  const database = await openDatabase();
  const run = async (steps: readonly (readonly [Step, number])[]): Promise<void> => {
    for (const { id } of await database.list()) await database.delete(id);
    const models: MemoryContextStore[] = [new MemoryContextStore()];
    const stores = [await database.create()];
    const parents: (number | undefined)[] = [undefined];
    for (const [index, [action, which]] of [[{ kind: "reopen" }, 0] as const, ...steps].entries()) {
      const chosen = Math.floor(which * models.length) % models.length;
      const model = models[chosen];
      const store = stores[chosen];
      if (model === undefined || store === undefined) throw new Error("There is at least one store.");
      if (action.kind === "append") {
        const info = action.tokens === undefined ? {} : { contextTokens: action.tokens };
        for (const each of [model, store]) await each.append(action.messages, info);
      } else if (action.kind === "compact") {
        const count = Math.round(action.share * (await model.history()).length);
        for (const each of [model, store]) await each.compact(action.messages, count);
      } else if (action.kind === "clear") {
        for (const each of [model, store]) await each.clear();
      } else if (action.kind === "fork") {
        models.push(await model.fork());
        stores.push(await store.fork());
        parents.push(chosen);
      } else {
        stores[chosen] = await database.open(store.id);
      }
      const changed = stores[chosen] ?? store;
      expect(await changed.history(), `step ${index}`).toEqual(await model.history());
      expect(await actualList(database, stores), `step ${index}`).toEqual(
        await expectedList(models, parents),
      );
      // The file rounds up each message, memory the sum.
      const difference = (await changed.tokenCount()) - (await model.tokenCount());
      expect(difference).toBeGreaterThanOrEqual(0);
      expect(difference).toBeLessThanOrEqual((await model.history()).length);
    }
    for (const [index, store] of stores.entries())
      expect(await store.history()).toEqual(await models[index]?.history());
  };
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(step, share), { maxLength: 15 }), run), { numRuns: 40 });
});
