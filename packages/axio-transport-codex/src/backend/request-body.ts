import type { JsonObject, ModelSpec, StreamRequest } from "axio";
import { buildRequestBody, type LiteRequestBody, type RequestBody, toLiteBody } from "axio-responses";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { withParameters } from "./parameters.ts";

/** What a request's body is made of. */
export interface BodyInput {
  readonly request: StreamRequest;
  readonly model: ModelSpec;
  readonly sessionId: string | undefined;
  readonly options: CodexTransportOptions;
  /** Further members of the body. */
  readonly parameters: JsonObject;
}

/** The body of a request, in the form that its model takes. */
export function requestBody({
  request,
  model,
  sessionId,
  options,
  parameters,
}: BodyInput): RequestBody | LiteRequestBody {
  const { system, messages, tools, toolChoice, outputFormat } = request;
  const { reasoning, verbosity, serviceTier } = options;
  const body = buildRequestBody({
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
  return withParameters(isLite(model) ? toLiteBody(body) : body, parameters);
}
