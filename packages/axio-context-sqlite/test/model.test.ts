import { assistantMessage, type ContextStore, MemoryContextStore, type Message, userMessage } from "axio";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

const text = fc.oneof(fc.string({ maxLength: 10 }), fc.string({ unit: "binary", maxLength: 100 }));
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

async function observe(store: ContextStore, names: ReadonlyMap<string, number>): Promise<unknown> {
  const sessions = (await store.listSessions()).map(({ id, messageCount, preview, forkedFrom }) => ({
    name: names.get(id),
    messageCount,
    preview: stored(preview),
    parent: forkedFrom === undefined ? undefined : names.get(forkedFrom),
  }));
  return {
    history: await store.history(),
    sessions: sessions.sort((left, right) => Number(left.name) - Number(right.name)),
  };
}

it("behaves like MemoryContextStore for any sequence of operations", async () => {
  const database = await openDatabase();
  const run = async (steps: readonly (readonly [Step, number])[]): Promise<void> => {
    for (const { id } of await (await database.create()).listSessions()) await database.delete(id);
    const models: MemoryContextStore[] = [new MemoryContextStore()];
    const stores = [await database.create()];
    const names = new Map<string, number>();
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
      } else {
        stores[chosen] = await database.open(store.id);
      }
      models.forEach(({ id }, name) => {
        names.set(id, name);
      });
      stores.forEach(({ id }, name) => {
        names.set(id, name);
      });
      const changed = stores[chosen] ?? store;
      expect(await observe(changed, names), `step ${index}`).toEqual(await observe(model, names));
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
