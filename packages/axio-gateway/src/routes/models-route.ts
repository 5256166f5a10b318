import type { CompletionTransport, JsonObject, ModelSpec } from "axio";
import { jsonResponse, pathOf } from "axio-openai-client/internal";
import { CLAUDE_PREFIX } from "./messages-route.ts";

/**
 * Lists models in the form of the Messages API. Each is listed a second time under a name that its clients show.
 *
 * @throws AxioError `model-not-supported` if the model of the path is not listed.
 */
export async function listMessageModels(
  transport: CompletionTransport,
  { url, signal }: Pick<Request, "url" | "signal">,
): Promise<Response> {
  const id = pathOf(url).segments.slice(1).join("/");
  const models = (await transport.fetchModels?.({ signal })) ?? transport.models;
  if (id !== "") {
    const name = id.startsWith(CLAUDE_PREFIX) ? id.slice(CLAUDE_PREFIX.length) : id;
    return jsonResponse(modelObject(models.get(name), id));
  }
  const data = [...models].flatMap((model) => [
    modelObject(model, CLAUDE_PREFIX + model.id),
    modelObject(model, model.id),
  ]);
  const ids = data.map((model) => model["id"] ?? null);
  return jsonResponse({ data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null });
}

function modelObject({ displayName, id: ownId }: ModelSpec, id: string): JsonObject {
  return { type: "model", id, display_name: displayName ?? ownId, created_at: "1970-01-01T00:00:00Z" };
}
