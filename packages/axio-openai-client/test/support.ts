import type { CompletionTransport } from "axio";
import OpenAI from "openai";
import OpenAI7 from "openai-7";
import { axioOpenAI, type OpenAIFetchOptions } from "../src/index.ts";

/** The official client, versions 6 and 7. Version 6 has the types of both. */
export const CLIENTS: readonly [
  string,
  (transport: CompletionTransport, options?: OpenAIFetchOptions) => OpenAI,
][] = [
  ["openai 6", (transport, options) => new OpenAI(axioOpenAI(transport, options))],
  ["openai 7", (transport, options) => new OpenAI7(axioOpenAI(transport, options)) as unknown as OpenAI],
];
