import { AxioError, type JsonObject } from "axio";
import { failureOf, messagesError } from "axio-inbound";
import {
  createChatCompletion,
  createHandler,
  createResponse,
  errorResponse,
  jsonResponse,
  retryHeaders,
  type ServeOptions,
} from "axio-openai-client/internal";
import { compactResponse, countInputTokens } from "./compact-route.ts";
import { countMessageTokens, createMessage } from "./messages-route.ts";
import { listMessageModels } from "./models-route.ts";

/** The API whose form a response has. */
export type Dialect = "openai" | "messages";

/** A route of the gateway. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** The path in the form of hono. */
  readonly path: string;
  /** The name in metrics and the log, so that no client chooses a name. */
  readonly name: string;
  /** Whether it asks a model, and so counts against the limits of the key. Default: `false`. */
  readonly isLimited?: true | undefined;
  readonly serve: (request: Request, body: JsonObject, options: ServeOptions) => Promise<Response> | Response;
}

/** A route that asks a model. */
function asking(
  path: string,
  create: (body: JsonObject, request: Request, options: ServeOptions) => Promise<Response>,
): Route {
  return {
    method: "POST",
    path,
    name: path,
    isLimited: true,
    serve: (request, body, options) => create(body, request, options),
  };
}

/** A route that estimates tokens. */
function counting(
  path: string,
  count: (body: JsonObject, options: ServeOptions) => Response | Promise<Response>,
): Route {
  return { method: "POST", path, name: path, serve: (_, body, options) => count(body, options) };
}

/** A route without a body. */
function reading(method: "GET" | "DELETE", name: string, path = name): Route {
  return {
    method,
    path,
    name,
    serve: (request, _, options) => {
      const isModels = name.startsWith("/v1/models");
      return isModels && dialectOf(request) === "messages"
        ? listMessageModels(options.transport, request)
        : createHandler(options)(request);
    },
  };
}

/** The routes that need a key and a transport. */
export const ROUTES: readonly Route[] = [
  asking("/v1/responses", createResponse),
  asking("/v1/responses/compact", compactResponse),
  asking("/v1/chat/completions", createChatCompletion),
  asking("/v1/messages", createMessage),
  counting("/v1/responses/input_tokens", countInputTokens),
  counting("/v1/messages/count_tokens", countMessageTokens),
  reading("GET", "/v1/models"),
  // Names of models may have slashes.
  reading("GET", "/v1/models/:id", "/v1/models/:id{.+}"),
  reading("GET", "/v1/responses/:id"),
  reading("GET", "/v1/responses/:id/input_items"),
  reading("DELETE", "/v1/responses/:id"),
];

/** Returns the API whose clients sent a request. */
export function dialectOf({ url, headers }: Pick<Request, "url" | "headers">): Dialect {
  const isMessages = new URL(url).pathname.startsWith("/v1/messages") || headers.has("anthropic-version");
  return isMessages ? "messages" : "openai";
}

/** Returns the response of an error, in the form of an API. */
export function failedResponse(error: unknown, dialect: Dialect): Response {
  if (dialect === "openai") return withStatus(errorResponse(error), error);
  const failure = failureOf(error);
  const status = statusOf(error) ?? (failure.status === 503 ? 529 : failure.status);
  return jsonResponse(
    messagesError({ ...failure, status: statusOf(error) ?? failure.status }),
    retryHeaders(failure),
    status,
  );
}

/** The gateway's own errors state their status: 415. */
function withStatus(response: Response, error: unknown): Response {
  const status = statusOf(error);
  if (status === undefined || status === response.status) return response;
  return new Response(response.body, { status, headers: response.headers });
}

function statusOf(error: unknown): number | undefined {
  return AxioError.is(error, "invalid-request") &&
    error.details.status !== undefined &&
    error.cause === undefined
    ? error.details.status
    : undefined;
}
