// Saves credentials until the process is killed. Prints the number of each save before it starts.

import { writeSync } from "node:fs";
import { numbered, numberOf } from "./numbered-credentials.ts";
import { openStore } from "./routes.ts";

const [path = "", name] = process.argv.slice(2);
const route = name === "chatgpt" ? name : "codex";
const store = openStore(route, path);

process.once("message", async () => {
  for (;;) {
    await store.update(async (current) => {
      const number = numberOf(current) + 1;
      writeSync(1, `${number}\n`);
      return numbered(number, route);
    });
  }
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
