import { AxioError, isJsonObject, type JsonObject } from "axio";
import { createChatCompletion } from "./chat-route.ts";
import { errorResponse } from "./http-response.ts";
import { listModels } from "./models-route.ts";
import { createResponse, storedResponseRoute } from "./responses-route.ts";
import type { ServeOptions } from "./serve-options.ts";
import { pathOf, type ServedRequest } from "./served-request.ts";

/** Serves one request. The promise never rejects: failures are responses too. */
export type Handler = (request: ServedRequest) => Promise<Response>;

/** Creates the handler of the Responses API, the Chat Completions API and the list of models, below `/v1`. */
export function createHandler(options: ServeOptions): Handler {
  return async (request) => {
    try {
      return await route(request, options);
    } catch (error) {
      options.onError(error);
      return errorResponse(error);
    }
  };
}

async function route(request: ServedRequest, options: ServeOptions): Promise<Response> {
  const { method: sentMethod, signal } = request;
  // The response to HEAD is that to GET. Its body is not sent.
  const method = sentMethod === "HEAD" ? "GET" : sentMethod;
  const { path, segments } = pathOf(request.url);
  const [resource = "", id = "", part] = segments;
  const name = `${method} ${id === "" ? resource : `${resource}/${resource === "chat" ? id : ":id"}`}`;
  switch (name) {
    case "POST responses":
      return await createResponse(await readBody(request), request, options);
    case "POST chat/completions":
      return await createChatCompletion(await readBody(request), request, options);
    case "GET models":
      return listModels(options.transport, undefined, signal);
    case "GET models/:id":
      // Names of models may have slashes.
      return listModels(options.transport, segments.slice(1).join("/"), signal);
    case "GET responses/:id":
    case "DELETE responses/:id":
      if (part === undefined || part === "input_items")
        return storedResponseRoute(method, id, part, options.store);
  }
  throw new AxioError(
    "not-found",
    `There is no ${method} ${path} here. Use /v1/responses, /v1/chat/completions or /v1/models.`,
    { details: { status: 404 } },
  );
}

/**
 * Reads the JSON body of a request.
 *
 * @throws AxioError `invalid-request` if it is not a JSON object.
 */
export async function readBody(request: Pick<ServedRequest, "text">): Promise<JsonObject> {
  const given = request.text();
  const text = typeof given === "string" ? given : await given;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AxioError("invalid-request", "The body of the request is not JSON. Send a JSON object.", {
      cause,
      details: { status: 400 },
    });
  }
  if (isJsonObject(value)) return value;
  throw new AxioError("invalid-request", "The body of the request is not a JSON object. Send one.", {
    details: { status: 400 },
  });
}
