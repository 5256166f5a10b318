import type { ModelSpec, StreamRequest } from "axio";
import { buildRequestBody, type RequestBody, type RequestOptions } from "axio-responses";
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
  const { verbosity, serviceTier } = options;
  const reasoning = reasoningOf(request, options);
  return buildRequestBody({
    model: model.id,
    system,
    messages,
    tools,
    options: {
      // A model that does not think refuses to be told how.
      reasoning: model.capabilities.includes("reasoning")
        ? { ...reasoning, summary: reasoning?.summary ?? "auto" }
        : reasoning,
      verbosity,
      serviceTier,
      promptCacheKey: sessionId,
      toolChoice,
      outputFormat,
    },
  });
}

/** How the model reasons: what the request says, else what the options say. */
export function reasoningOf(
  { reasoning: requested }: Pick<StreamRequest, "reasoning">,
  { reasoning: preset }: Pick<ResponsesTransportOptions<never>, "reasoning">,
): RequestOptions["reasoning"] {
  if (requested === undefined) return preset;
  return {
    ...preset,
    effort: requested.effort ?? preset?.effort,
    summary: requested.summary ?? preset?.summary,
  };
}
