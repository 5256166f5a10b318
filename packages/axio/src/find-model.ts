import type { ModelSpec } from "./models.ts";
import type { CompletionTransport } from "./transport.ts";

/**
 * Finds a model of a transport, and requests the list of models if it is not known yet.
 *
 * @throws AxioError `model-not-supported` that names the models, if it is not listed.
 */
export async function findModel(
  transport: CompletionTransport,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ModelSpec> {
  const { models } = transport;
  const listed = models.find(id);
  if (listed !== undefined) return listed;
  const { model } = transport;
  return model.id === id ? model : ((await transport.fetchModels?.({ signal })) ?? models).get(id);
}
