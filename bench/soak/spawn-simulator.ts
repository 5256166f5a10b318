import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Credentials, MemoryCredentialStore } from "axio-transport-codex";

/** A simulator in its own process. */
export interface SpawnedSimulator {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly credentials: MemoryCredentialStore<Credentials>;
  close(): Promise<void>;
}

/** A simulator of OpenAI's API with keys, in its own process. */
export interface SpawnedOpenAISimulator {
  readonly baseUrl: string;
  readonly apiKey: string;
  close(): Promise<void>;
}

/** Starts a simulator of the Codex backend and signs in. */
export async function spawnSimulator(): Promise<SpawnedSimulator> {
  const { message, close } = await spawnProcess<{ baseUrl: string; issuer: string; tokens: Credentials }>(
    "codex",
  );
  const { baseUrl, issuer, tokens } = message;
  return { baseUrl, issuer, credentials: new MemoryCredentialStore<Credentials>(tokens), close };
}

/** Starts a simulator of OpenAI's API with keys. */
export async function spawnOpenAISimulator(): Promise<SpawnedOpenAISimulator> {
  const { message, close } = await spawnProcess<{ baseUrl: string; apiKey: string }>("openai");
  return { ...message, close };
}

async function spawnProcess<Message>(
  route: string,
): Promise<{ readonly message: Message; close(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL("./simulator-process.ts", import.meta.url)), [route]);
  const [message] = (await once(child, "message")) as [Message];
  return {
    message,
    close: async () => {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
}
