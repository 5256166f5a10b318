import { describeContextStore } from "axio/testing";
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
