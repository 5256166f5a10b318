import { describeContextStore, describeEventLog, describeRunStore, type RunStoreHarness } from "axio/testing";
import { describe, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

describeContextStore({
  name: "SqliteContextStore",
  describe,
  it,
  create: async () => {
    const database = await openDatabase();
    const store = await database.create();
    return {
      store,
      reopen: async () => (await openDatabase(database.path)).open(store.id),
      close: () => database.close(),
    };
  },
});

async function createRuns(): Promise<RunStoreHarness> {
  const database = await openDatabase();
  const { runs, events } = database;
  return { runs, events, reopen: () => openDatabase(database.path), close: () => database.close() };
}

describeRunStore({ name: "SqliteRunStore", describe, it, create: createRuns });
describeEventLog({ name: "SqliteEventLog", describe, it, create: createRuns });
