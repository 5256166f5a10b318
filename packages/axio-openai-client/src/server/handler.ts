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

function route(request: ServedRequest, options: ServeOptions): Response | Promise<Response> {
  const { method: sentMethod, signal } = request;
  // The response to HEAD is that to GET. Its body is not sent.
  const method = sentMethod === "HEAD" ? "GET" : sentMethod;
  const { path, segments } = pathOf(request.url);
  const [resource = "", id = "", part] = segments;
  const name = `${method} ${id === "" ? resource : `${resource}/${resource === "chat" ? id : ":id"}`}`;
  switch (name) {
    case "POST responses":
      return withBody(request, (body) => createResponse(body, request, options));
    case "POST chat/completions":
      return withBody(request, (body) => createChatCompletion(body, request, options));
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

/** Serves a request by its body, at once if that is here. */
function withBody(
  request: Pick<ServedRequest, "text">,
  serve: (body: JsonObject) => Promise<Response>,
): Promise<Response> {
  const text = request.text();
  return typeof text === "string" ? serve(parseBody(text)) : text.then((read) => serve(parseBody(read)));
}

/** @throws AxioError `invalid-request` if the text is not a JSON object. */
function parseBody(text: string): JsonObject {
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
