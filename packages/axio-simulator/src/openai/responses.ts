import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { isObject, type JsonObject, stringMember } from "../json.ts";
import { platformRefusal, refusalReply } from "../rules/refusal.ts";
import { createResponse } from "../service.ts";
import type { KeyOwner } from "./keys.ts";
import { inputItems, openAIService } from "./service.ts";
import type { OpenAIState } from "./state.ts";
import { finalResponse } from "./stored-responses.ts";

/** `POST /v1/responses`: streamed or not, and with the responses that the service keeps. */
export async function createApiResponse(
  request: RecordedRequest,
  caller: KeyOwner,
  state: OpenAIState,
): Promise<Reply> {
  const sent = isObject(request.json) ? request.json : undefined;
  if (sent === undefined) return createResponse(request, caller, { service: openAIService, state });
  const previous = stringMember(sent, "previous_response_id");
  const stored = previous === undefined ? undefined : state.stored.find(caller.key, previous);
  if (previous !== undefined && stored === undefined) {
    return refusalReply(
      platformRefusal(
        `Previous response with id '${previous}' not found.`,
        "previous_response_id",
        "previous_response_not_found",
      ),
    );
  }
  const input = [...(stored?.input ?? []), ...inputItems(sent["input"])].map(
    (item) => state.stored.findItem(caller.key, referenceOf(item)) ?? item,
  );
  const json: JsonObject = { ...sent, ...(sent["input"] !== undefined && { input }) };
  const whole: RecordedRequest = { ...request, json, body: JSON.stringify(json) };
  const reply = await createResponse(whole, caller, { service: openAIService, state });
  if (reply.kind !== "stream") return reply;
  const response = finalResponse(reply.frames);
  if (sent["stream"] === true || response === undefined) return reply;
  return jsonReply(200, response, withoutType(reply.headers));
}

function withoutType({
  "content-type": _type,
  ...headers
}: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}

/** The id of the item that an item stands for. */
function referenceOf(item: unknown): string {
  const isReference =
    isObject(item) && (item["type"] === "item_reference" || Object.keys(item).join() === "id");
  return isReference ? String(item["id"]) : "";
}

/** `GET /v1/responses/{id}` and `DELETE /v1/responses/{id}`. */
export function showResponse(request: RecordedRequest, caller: KeyOwner, state: OpenAIState): Reply {
  const id = request.path.split("/").at(-1) ?? "";
  const stored = state.stored.find(caller.key, id);
  if (stored === undefined) {
    return refusalReply(platformRefusal(`Response with id '${id}' not found.`, null, null, 404));
  }
  if (request.method === "GET") return jsonReply(200, stored.response);
  state.stored.delete(caller.key, id);
  return jsonReply(200, { id, object: "response", deleted: true });
}
