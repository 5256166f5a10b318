import type { Agent } from "axio";
import Fastify, { type FastifyInstance } from "fastify";
import { chatHandler } from "./handler.ts";
import { toRequest } from "./to-request.ts";

/** A chat endpoint in Fastify, which sends a web `Response` as it is. */
export function fastifyApp(agent: Agent): FastifyInstance {
  const handle = chatHandler(agent);
  const app = Fastify({ bodyLimit: 10 * 1024 * 1024 });
  app.post("/api/chat", async (request, reply) =>
    reply.send(await handle(toRequest(request.body, reply.raw))),
  );
  return app;
}
