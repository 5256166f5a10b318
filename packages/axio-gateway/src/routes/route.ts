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
  /** The name in metrics and the log: no part of the path that a client chooses. */
  readonly name: string;
  readonly dialect: Dialect;
  /** Whether it asks a model, and so counts against the limits of the key. */
  readonly isLimited: boolean;
  readonly readsBody: boolean;
  readonly serve: (request: Request, body: JsonObject, options: ServeOptions) => Promise<Response> | Response;
}

/** Finds the route of a request; `undefined` if there is none. */
export function findRoute(method: string, path: string, headers: Headers): Route | undefined {
  const [resource = "", id, part] = path.replace(/^\/v1\//, "").split("/");
  const isMessages = headers.has("anthropic-version");
  const openai = { dialect: "openai", isLimited: false, readsBody: false } as const;
  switch (`${method} ${path.replace(/^\/v1\//, "")}`) {
    case "POST responses":
      return {
        ...openai,
        name: path,
        isLimited: true,
        readsBody: true,
        serve: (request, body, options) => createResponse(body, request, options),
      };
    case "POST chat/completions":
      return {
        ...openai,
        name: path,
        isLimited: true,
        readsBody: true,
        serve: (request, body, options) => createChatCompletion(body, request, options),
      };
    case "POST responses/compact":
      return {
        ...openai,
        name: path,
        isLimited: true,
        readsBody: true,
        serve: (request, body, options) => compactResponse(body, request, options),
      };
    case "POST responses/input_tokens":
      return { ...openai, name: path, readsBody: true, serve: (_, body) => countInputTokens(body) };
    case "POST messages":
      return {
        name: path,
        dialect: "messages",
        isLimited: true,
        readsBody: true,
        serve: (request, body, options) => createMessage(body, request, options),
      };
    case "POST messages/count_tokens":
      return {
        name: path,
        dialect: "messages",
        isLimited: false,
        readsBody: true,
        serve: (_, body) => countMessageTokens(body),
      };
  }
  if (resource === "models" && part === undefined && method === "GET")
    return {
      ...openai,
      name: "/v1/models",
      dialect: isMessages ? "messages" : "openai",
      serve: isMessages
        ? (request, _, { transport }) =>
            listMessageModels(
              transport,
              id === undefined ? undefined : decodeURIComponent(id),
              request.signal,
            )
        : throughClient,
    };
  const isStored =
    resource === "responses" && id !== undefined && (part === undefined || part === "input_items");
  if (isStored && (method === "GET" || (method === "DELETE" && part === undefined)))
    return { ...openai, name: "/v1/responses/:id", serve: throughClient };
  return undefined;
}

/** Serves a request without a body as the client package does inside a process. */
function throughClient(request: Request, _: JsonObject, options: ServeOptions): Promise<Response> {
  return createHandler(options)(request);
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

/** The gateway's own errors state their status: 413, 415. */
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
