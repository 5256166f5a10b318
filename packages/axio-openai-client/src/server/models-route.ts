import type { CompletionTransport, JsonObject, ModelRegistry, ModelSpec } from "axio";
import { jsonResponse } from "./http-response.ts";

/**
 * Lists the models of the account, or returns one.
 *
 * @throws AxioError `model-not-supported` if the model is not listed.
 */
export async function listModels(
  transport: CompletionTransport,
  id: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const models: ModelRegistry = (await transport.fetchModels?.({ signal })) ?? transport.models;
  if (id !== undefined) return jsonResponse(modelObject(models.get(id)));
  return jsonResponse({ object: "list", data: [...models].map(modelObject) });
}

function modelObject({ id }: ModelSpec): JsonObject {
  return { id, object: "model", created: 0, owned_by: "axio" };
}
