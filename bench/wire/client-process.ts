// One client in its own process: runs the conversation, or sends one prompt on each request of the parent.

import { type Client, LITE_MODEL_ID, MODEL_ID, type Target } from "./client.ts";

/** The start parameters of a client process, as JSON in its first argument. */
export interface ClientOrder {
  readonly client: ClientId;
  readonly target: Target;
  readonly task:
    | { readonly kind: "converse" }
    | { readonly kind: "chat"; readonly historyCharacters: number };
}

/** A message to the parent: ready, the end of the conversation, or the time of a prompt. */
export type ClientWord =
  | { readonly kind: "ready" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "time"; readonly milliseconds: number };

/** The clients and their kind of connection. */
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

// Exit with the parent.
process.on("disconnect", () => process.exit(0));
await main(JSON.parse(process.argv[2] ?? "{}") as ClientOrder);
