import { setTimeout as wait } from "node:timers/promises";
import { type CompletionTransport, defineTool } from "axio";
import { DurableAgent, type DurableStore, LeaseEngine } from "axio-durable";
import { z } from "zod";

const getWeather = defineTool({
  name: "get_weather",
  description: "Returns the weather of a city.",
  inputSchema: z.object({ city: z.string() }),
  effect: "none",
  execute: ({ city }) => `${city}: ${12 + (city.length % 9)} °C, light wind, no rain`,
});

const writeReport = defineTool({
  name: "write_report",
  description: "Writes a report. Takes some seconds.",
  inputSchema: z.object({ pages: z.int().min(1).max(50) }),
  // If the worker is lost, another one calls the tool once more.
  effect: "none",
  execute: async ({ pages }, { emit, signal }) => {
    for (let page = 1; page <= pages; page += 1) {
      emit(`${page} of ${pages} pages, by worker ${process.pid}\n`);
      await wait(400, undefined, { signal });
    }
    return `${pages} pages, written by worker ${process.pid}`;
  },
});

const sendEmail = defineTool({
  name: "send_email",
  description: "Sends an email.",
  inputSchema: z.object({ to: z.string(), text: z.string() }),
  // Must not be repeated: if the worker is lost in between, the model is told that the outcome is unknown.
  effect: "once",
  // Needs the user's approval. The run waits for it in the store, without a process.
  guards: [({ input }) => ({ action: "ask", question: `Send this email to ${input.to}?` })],
  execute: ({ to }) => `Sent to ${to}`,
});

/** The agent of the web server and of the workers. Whatever it knows between two steps is in the store. */
export function createAgent(store: DurableStore, transport: CompletionTransport): DurableAgent {
  return new DurableAgent({
    store,
    transport,
    system: "You are the assistant of a small company. Answer briefly, in plain text.",
    tools: [getWeather, writeReport, sendEmail],
    // Short, so that one sees another worker take over. The default is 30 seconds.
    engine: new LeaseEngine(store.runs, { leaseMs: 4_000, onError: console.error }),
    onError: console.error,
  });
}
