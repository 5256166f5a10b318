import { APICallError, NoSuchModelError } from "@ai-sdk/provider";
import { AxioError } from "axio";
import { failureOf } from "axio-inbound/internal";

/**
 * Returns the error of the AI SDK for a failed request. The transport has already retried what can be retried, so the AI SDK
 * retries only if the service is overloaded.
 */
export function toSdkError(error: unknown, modelId: string): unknown {
  if (!AxioError.is(error)) return error;
  if (error.code === "aborted") return error.cause ?? error;
  if (error.code === "model-not-supported")
    return new NoSuchModelError({ modelId, modelType: "languageModel", message: error.message });
  const { status, resetsAt } = failureOf(error);
  const details: AxioError["details"] & { readonly plan?: unknown } = error.details;
  return new APICallError({
    message: error.message,
    url: details.url ?? "",
    // The request has the whole conversation, and often secrets.
    requestBodyValues: {},
    statusCode: status,
    isRetryable: error.code === "overloaded",
    data: { code: error.code, resetsAt, plan: details.plan },
    cause: error,
  });
}
