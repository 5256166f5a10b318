import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { FileCredentialStore } from "../src/index.ts";
import { type Credentials, parseCredentials } from "./support/credentials.ts";

// A process that uses a store as the test says: WORK PATH LOG [NUMBER].
const [work = "", path = "", log = "", number = "1"] = process.argv.slice(2);
const store = new FileCredentialStore<Credentials>({
  path,
  parse: parseCredentials,
  lockStaleAfterMs: 1_000,
});
// Longer than a pipe or a page holds, so that a write is not one step by chance.
const padding = "x".repeat(100_000);

function say(line: string): void {
  appendFileSync(log, `${line}\n`);
}

async function count(wait: (turn: number) => Promise<void>, turn: number, isPinned = false): Promise<void> {
  await store.update(async (current, storeTurn) => {
    if (isPinned && storeTurn?.markInFlight() === false) return current;
    say(`enter ${process.pid}`);
    await wait(turn);
    say(`leave ${process.pid}`);
    return {
      accessToken: `a-${padding}`,
      refreshToken: `r-${process.pid}-${turn}`,
      expiresAt: (current?.expiresAt ?? 0) + 1,
      accountId: "x",
    };
  });
}

if (work === "count") {
  for (let turn = 0; turn < Number(number); turn += 1) await count(() => sleep(Math.random() * 3), turn);
} else if (work === "forever") {
  for (let turn = 0; ; turn += 1) await count(() => Promise.resolve(), turn);
} else if (work === "hold" || work === "pin") {
  // Holds the lock until the test makes the file that lets it go on.
  const wait = async (): Promise<void> => {
    while (!existsSync(number)) await sleep(20);
  };
  await count(wait, 0, work === "pin");
  say(`saved ${process.pid}`);
}
