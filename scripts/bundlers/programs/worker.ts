import { runEdge } from "./edge.ts";
import type { Targets } from "./targets.ts";

export default {
  fetch: async (request: Request): Promise<Response> =>
    Response.json(await runEdge((await request.json()) as Targets)),
};
