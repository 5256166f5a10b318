import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ACCOUNT_ID, type Ask, accessToken, type ClientOptions, MODEL_ID } from "../client.ts";

/** axio as users get it: from the packed packages, through the agent. */
export async function connect({ origin, axioFolder }: ClientOptions): Promise<Ask> {
  const { resolve } = createRequire(join(axioFolder, "package.json"));
  const load = (name: string): Promise<unknown> => import(pathToFileURL(resolve(name)).href);
  const { Agent } = (await load("axio")) as typeof import("axio");
  const { CodexTransport } = (await load("axio-transport-codex")) as typeof import("axio-transport-codex");
  const transport = new CodexTransport({
    baseUrl: origin,
    accessToken: accessToken(),
    accountId: ACCOUNT_ID,
    model: MODEL_ID,
  });
  const agent = new Agent({ transport });
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    for await (const event of agent.runStream(prompt)) {
      if (event.type === "text-delta") {
        deltas += 1;
        text += event.delta;
      }
    }
    return { deltas, text };
  };
}
