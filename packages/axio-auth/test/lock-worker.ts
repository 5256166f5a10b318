import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { FileCredentialStore } from "../src/index.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";

// A process that uses a store as the test requests: MODE PATH LOG [COUNT or GATE].
const [mode = "", path = "", log = "", last = "1"] = process.argv.slice(2);
const store = new FileCredentialStore<Credentials>({
  path,
  format: FORMAT,
  lockStaleAfterMs: 1_000,
});
// More than a pipe or a page, so that a write is not atomic by chance.
const padding = "x".repeat(100_000);

function record(line: string): void {
  appendFileSync(log, `${line}\n`);
}

async function increment(
  wait: (round: number) => Promise<void>,
  round: number,
  marksInFlight = false,
): Promise<void> {
  await store.update(async (current, transaction) => {
    if (marksInFlight && transaction?.markInFlight() === false) return current;
    record(`enter ${process.pid}`);
    await wait(round);
    record(`leave ${process.pid}`);
    return {
      accessToken: `a-${padding}`,
      refreshToken: `r-${process.pid}-${round}`,
      expiresAt: (current?.expiresAt ?? 0) + 1,
      accountId: "x",
    };
  });
}

if (mode === "count") {
  for (let round = 0; round < Number(last); round += 1)
    await increment(() => sleep(Math.random() * 3), round);
} else if (mode === "sign-in-and-out") {
  // The lock is removed with the file, so most rounds begin and end with its directory.
  for (let round = 0; round < Number(last); round += 1) {
    await store.update(async (current) => {
      record(`enter ${process.pid}`);
      await sleep(Math.random() * 2);
      record(`leave ${process.pid}`);
      return current === undefined
        ? { accessToken: "a", refreshToken: "r", expiresAt: 0, accountId: "x" }
        : undefined;
    });
  }
} else if (mode === "forever") {
  for (let round = 0; ; round += 1) await increment(() => Promise.resolve(), round);
} else if (mode === "hold" || mode === "in-flight") {
  // Holds the lock until the test creates the file.
  const wait = async (): Promise<void> => {
    while (!existsSync(last)) await sleep(20);
  };
  await increment(wait, 0, mode === "in-flight");
  record(`saved ${process.pid}`);
}
