import type { JsonObject, StreamRequest } from "axio";
import { openStream } from "axio/internal";
import { type ResponsesRequest, readResponsesRequest, sealBlock } from "axio-inbound";
import {
  createId,
  jsonResponse,
  previousResponse,
  readAll,
  report,
  resolveRequest,
  type ServeOptions,
  warningHeaders,
} from "axio-openai-client/internal";
import { countTokens } from "./count-tokens.ts";

const INSTRUCTION =
  "Summarize this conversation so that it can be continued without its messages: the goal, what was decided and done, the state of files and tools, and what is left to do. Write the summary only.";

/**
 * Compacts a conversation to one item, which stands for all of its messages in a later request.
 *
 * @throws AxioError if the request is malformed or fails.
 */
export async function compactResponse(
  body: JsonObject,
  { signal }: Pick<Request, "signal">,
  options: ServeOptions,
): Promise<Response> {
  const inbound = await readContinued(body, options);
  const resolved = await resolveRequest(options.transport, inbound, options.aliases, signal);
  report(resolved, options);
  const request: StreamRequest = {
    ...resolved.request,
    tools: [],
    toolChoice: undefined,
    messages: [
      ...resolved.request.messages,
      { role: "user", content: [{ type: "text", text: INSTRUCTION }] },
    ],
  };
  let summary = "";
  let usage: JsonObject = {};
  await readAll(await openStream(options.transport, request), (event) => {
    if (event.type === "block-end" && event.block.type === "text") summary += event.block.text;
    if (event.type === "step-end") {
      const { inputTokens, outputTokens } = event.usage;
      usage = {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
      };
    }
  });
  const text = `Summary of the conversation so far:\n\n${summary}`;
  const item = {
    type: "compaction",
    id: createId("cmp_"),
    encrypted_content: sealBlock({ type: "text", text }),
  };
  const compaction = {
    id: createId("resp_"),
    object: "response.compaction",
    created_at: Math.floor(Date.now() / 1000),
    output: [item],
    usage: {
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
      ...usage,
    },
  };
  return jsonResponse(compaction, warningHeaders(resolved.unsupported));
}

/** Counts the input tokens of a request, as an estimate. */
export async function countInputTokens(body: JsonObject, options: ServeOptions): Promise<Response> {
  const { request } = await readContinued(body, options);
  return jsonResponse({ object: "response.input_tokens", input_tokens: countTokens(request) });
}

/** Reads a request with the conversation that it continues. `input` may be left out then. */
async function readContinued(
  { input, ...rest }: JsonObject,
  { store }: Pick<ServeOptions, "store">,
): Promise<ResponsesRequest> {
  const previous = await previousResponse(rest, store);
  return readResponsesRequest({ ...rest, input: input ?? [] }, { previousItems: previous?.items });
}
