import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Credentials, MemoryCredentialStore } from "../../packages/axio-transport-codex/src/index.ts";

/** A simulator in its own process. */
export interface SpawnedSimulator {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly credentials: MemoryCredentialStore<Credentials>;
  close(): Promise<void>;
}

/** Starts a simulator and signs in. */
export async function spawnSimulator(): Promise<SpawnedSimulator> {
  const child = fork(fileURLToPath(new URL("./simulator-process.ts", import.meta.url)));
  const [message] = (await once(child, "message")) as [
    { baseUrl: string; issuer: string; tokens: Credentials },
  ];
  return {
    baseUrl: message.baseUrl,
    issuer: message.issuer,
    credentials: new MemoryCredentialStore<Credentials>(message.tokens),
    close: async () => {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
}
