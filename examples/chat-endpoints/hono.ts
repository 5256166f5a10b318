import type { Agent } from "axio";
import { Hono } from "hono";
import { chatHandler } from "./handler.ts";

/** A chat endpoint in Hono, for Node.js, Bun, Deno and the edge. */
export function honoApp(agent: Agent): Hono {
  const handle = chatHandler(agent);
  return new Hono().post("/api/chat", (context) => handle(context.req.raw));
}
