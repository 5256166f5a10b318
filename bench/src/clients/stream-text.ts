import type { Ask } from "../client.ts";

type StreamText = typeof import("ai-7").streamText;

/** Asks the AI SDK, and reads the text delta by delta. */
export function askStreamText(
  streamText: StreamText,
  model: Parameters<StreamText>[0]["model"],
  providerOptions?: Parameters<StreamText>[0]["providerOptions"],
): Ask {
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    let failure: unknown;
    const result = streamText({
      model,
      prompt,
      maxRetries: 0,
      ...(providerOptions === undefined ? {} : { providerOptions }),
      onError: ({ error }) => {
        failure = error;
      },
    });
    for await (const delta of result.textStream) {
      deltas += 1;
      text += delta;
    }
    if (failure !== undefined) throw failure;
    return { deltas, text };
  };
}
