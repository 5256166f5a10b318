import { pipeline } from "node:stream/promises";
import type { Agent } from "axio";
import express, { type Express } from "express";
import { chatHandler } from "./handler.ts";
import { toRequest } from "./to-request.ts";

/** A chat endpoint in Express. */
export function expressApp(agent: Agent): Express {
  const handle = chatHandler(agent);
  const app = express().use(express.json({ limit: "10mb" }));
  app.post("/api/chat", async (request, response) => {
    const { body, headers } = await handle(toRequest(request.body, response));
    response.setHeaders(headers);
    // A client that leaves ends the pipeline with an error, which is no error of the server.
    if (body !== null) await pipeline(body, response).catch(() => {});
  });
  return app;
}
