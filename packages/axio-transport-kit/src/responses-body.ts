import type { ModelSpec, StreamRequest } from "axio";
import { buildRequestBody, type RequestBody } from "axio-responses";
import type { ResponsesTransportOptions } from "./options.ts";

/** What {@link responsesBody} is made of. */
export interface ResponsesBodyInput {
  readonly request: StreamRequest;
  readonly model: ModelSpec;
  readonly sessionId: string | undefined;
  readonly options: Pick<ResponsesTransportOptions<never>, "reasoning" | "verbosity" | "serviceTier">;
}

/** The body of a request, as the options of a transport want it. */
export function responsesBody({ request, model, sessionId, options }: ResponsesBodyInput): RequestBody {
  const { system, messages, tools, toolChoice, outputFormat } = request;
  const { reasoning, verbosity, serviceTier } = options;
  return buildRequestBody({
    model: model.id,
    system,
    messages,
    tools,
    options: {
      // A model that does not think refuses to be told how.
      reasoning: model.capabilities.includes("reasoning") ? { summary: "auto", ...reasoning } : reasoning,
      verbosity,
      serviceTier,
      promptCacheKey: sessionId,
      toolChoice,
      outputFormat,
    },
  });
}
