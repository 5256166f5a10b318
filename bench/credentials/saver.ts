// A process that saves credentials until it is killed. It says the number of each save before it begins.

import { writeSync } from "node:fs";
import { type Credentials, FileCredentialStore, parseCredentials } from "axio-auth";
import { numbered } from "./numbered-credentials.ts";

const [path = ""] = process.argv.slice(2);
const store = new FileCredentialStore<Credentials>({ path, parse: parseCredentials });

process.once("message", async () => {
  for (;;) {
    await store.update(async (current) => {
      const number = (current?.expiresAt ?? 0) + 1;
      writeSync(1, `${number}\n`);
      return numbered(number);
    });
  }
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
