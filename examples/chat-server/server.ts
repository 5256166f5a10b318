import { type ChildProcess, fork } from "node:child_process";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { handleRunRequest } from "axio-durable";
import { startOpenAISimulator } from "axio-simulator";
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { createAgent } from "./agent.ts";
import { account, createTransport, openStore, port } from "./setup.ts";
import { SUGGESTIONS } from "./suggestions.ts";

const WORKERS = 2;

const simulator = account ? undefined : await startOpenAISimulator({ paceMs: 40 });
if (simulator !== undefined)
  Object.assign(process.env, { SIMULATOR_URL: simulator.baseUrl, SIMULATOR_KEY: simulator.apiKey });
const store = await openStore();
const agent = createAgent(store, createTransport());

const app = new Hono();
// The page has no sign-in of its own, so only this machine may use it. The name is checked because a foreign one may be
// resolved to this machine, too.
app.use(async (context, next) => {
  const { hostname } = new URL(context.req.url);
  if (hostname !== "localhost" && hostname !== "127.0.0.1") return context.text("Unknown host.", 403);
  return next();
});
app.use(csrf(), secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }));
app.get("/api/suggestions", ({ json }) =>
  json(
    SUGGESTIONS.map(({ title, prompt, script }) => ({
      title,
      prompt: account ? prompt : `${prompt}\n${script}`,
    })),
  ),
);
app.get("/api/conversations/:id/runs", async ({ req, json }) => {
  const runs = await agent.runs({ conversationId: req.param("id") });
  const shown = runs.map(async ({ id }) => ({ id, prompt: await store.runs.prompt(id) }));
  return json((await Promise.all(shown)).reverse());
});
// Starting, following and stopping runs, and approvals.
app.all(
  "/api/*",
  async ({ req, notFound }) => (await handleRunRequest(agent, req.raw, "/api")) ?? notFound(),
);
app.use(serveStatic({ root: "page" }));
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(port) }, (address) =>
  console.log(`The chat is at http://localhost:${address.port}. Press Ctrl-C to end it.`),
);

const workers = new Set<ChildProcess>();
let isClosing = false;

/** Starts a worker, and another one when it is lost. */
function startWorker(): void {
  const worker = fork(process.argv[1] ?? "", [...process.argv.slice(2), "--worker"]);
  workers.add(worker);
  console.log(`Worker ${worker.pid} has started.`);
  worker.on("exit", (code, signal) => {
    workers.delete(worker);
    if (isClosing) return;
    console.log(`Worker ${worker.pid} was lost (${signal ?? code}).`);
    setTimeout(startWorker, 1_000);
  });
}
for (let number = 0; number < WORKERS; number += 1) startWorker();

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());

function stopWorker(worker: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    worker.once("exit", () => resolve());
    worker.kill("SIGTERM");
  });
}

async function close(): Promise<void> {
  isClosing = true;
  server.close();
  await Promise.all([...workers].map(stopWorker));
  await store[Symbol.asyncDispose]();
  await simulator?.close();
  // Pages that follow a run reconnect to the next server.
  process.exit();
}
