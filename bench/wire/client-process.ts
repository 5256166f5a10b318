// One client in a process of its own: has the conversation, or asks one question each time that it is told to.

import { type Client, LITE_MODEL_ID, MODEL_ID, type Target } from "./client.ts";

/** What a client's process is started with, as JSON in its first argument. */
export interface ClientOrder {
  readonly client: ClientId;
  readonly target: Target;
  readonly task:
    | { readonly kind: "converse" }
    | { readonly kind: "chat"; readonly historyCharacters: number };
}

/** What it says: that it is ready, what the conversation ended with, or how long a question took. */
export type ClientWord =
  | { readonly kind: "ready" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "time"; readonly milliseconds: number };

/** The clients, with the way that their answers come. */
export type ClientId = keyof typeof CLIENTS;

const CLIENTS = {
  floor: async (target: Target) => (await import("./clients/floor.ts")).floor(target),
  "axio-websocket": async (target: Target) =>
    (await import("./clients/axio.ts")).axio(target, "websocket", MODEL_ID),
  "axio-websocket-lite": async (target: Target) =>
    (await import("./clients/axio.ts")).axio(target, "websocket", LITE_MODEL_ID),
  "axio-sse": async (target: Target) => (await import("./clients/axio.ts")).axio(target, "sse", MODEL_ID),
  openai: async (target: Target) => (await import("./clients/openai.ts")).openai(target),
  "ai-sdk": async (target: Target) => (await import("./clients/ai-sdk.ts")).aiSdk(target),
  "pi-ai-sse": async (target: Target) => (await import("./clients/pi-ai.ts")).piAi(target, "sse"),
  "pi-ai-websocket": async (target: Target) =>
    (await import("./clients/pi-ai.ts")).piAi(target, "websocket-cached"),
} satisfies Record<string, (target: Target) => Promise<Partial<Client>>>;

function say(word: ClientWord): void {
  process.send?.(word);
}

async function main({ client: id, target, task }: ClientOrder): Promise<void> {
  const client: Partial<Client> = await CLIENTS[id](target);
  if (task.kind === "converse") {
    if (client.converse === undefined) throw new Error(`${id} has no conversations.`);
    say({ kind: "text", text: await client.converse() });
    return;
  }
  const chat = client.chat?.(task.historyCharacters);
  if (chat === undefined) throw new Error(`${id} is asked no questions.`);
  process.on("message", () => {
    void chat().then((milliseconds) => say({ kind: "time", milliseconds }));
  });
  say({ kind: "ready" });
}

// Ends with whoever started it, whichever way that one ends.
process.on("disconnect", () => process.exit(0));
await main(JSON.parse(process.argv[2] ?? "{}") as ClientOrder);
