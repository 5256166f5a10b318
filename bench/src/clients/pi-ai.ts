import { type Api, getModel, type Model, stream } from "@mariozechner/pi-ai";
import { type Ask, accessToken, type ClientOptions, MODEL_ID } from "../client.ts";
import { askPiEvents } from "./pi-events.ts";

export function connect({ origin }: ClientOptions): Ask {
  // Its default tries a WebSocket first, and falls back to this.
  return askPi({ ...getModel("openai-codex", MODEL_ID), baseUrl: origin }, accessToken(), {
    transport: "sse",
  });
}

/** Asks pi-ai, and reads the text delta by delta. */
export function askPi<A extends Api>(
  model: Model<A>,
  apiKey: string,
  options: { readonly transport?: "sse" } = {},
): Ask {
  return askPiEvents((message) => stream(model, { messages: [message] }, { apiKey, ...options }));
}
