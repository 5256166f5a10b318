import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ACCOUNT_ID, type Ask, accessToken, type ClientOptions, MODEL_ID } from "../client.ts";

/** axio as users get it: from the packed packages, through the agent. */
export async function connect(options: ClientOptions): Promise<Ask> {
  const { CodexTransport } = await loadPackage<typeof import("axio-transport-codex")>(
    "axio-transport-codex",
    options,
  );
  return askAgent(
    new CodexTransport({
      baseUrl: options.origin,
      accessToken: accessToken(),
      accountId: ACCOUNT_ID,
      model: MODEL_ID,
    }),
    options,
  );
}

/** Loads a package of axio from the directory in which it is installed. */
export function loadPackage<Module>(name: string, { axioFolder }: ClientOptions): Promise<Module> {
  const { resolve } = createRequire(join(axioFolder, "package.json"));
  return import(pathToFileURL(resolve(name)).href);
}

/** Asks an agent with this transport. */
export async function askAgent(
  transport: import("axio").CompletionTransport,
  options: ClientOptions,
): Promise<Ask> {
  const { Agent } = await loadPackage<typeof import("axio")>("axio", options);
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
