import type { Dialect, DialectId } from "axio-chat-completions";

/** The APIs that a server may have. */
export type ServerApi = "responses" | "chat";

/** How a server lists its models. */
export type ModelListFormat = "openai" | "openrouter" | "nebius" | "ollama" | "generic";

/** A server that speaks OpenAI's APIs, as plain data. {@link SERVERS} has the known ones. */
export interface Server {
  /** The name in options, settings and profiles: `"openrouter"`. */
  readonly id: string;
  /** The name that users see: `"OpenRouter"`. */
  readonly name: string;
  /** The base URL. Absent if it is different for each user. */
  readonly baseUrl?: string | undefined;
  /** The variable that may hold another base URL. */
  readonly urlVariable?: string | undefined;
  /** The API that is used if the caller does not choose. */
  readonly api: ServerApi;
  /** How it speaks Chat Completions. */
  readonly dialect: Dialect;
  readonly models: ModelListFormat;
  /** The path of the list of models, relative to the base URL. Default: `models`. */
  readonly modelsPath?: string | undefined;
  /** The model of requests that name none. Default: the first of the list. */
  readonly defaultModel?: string | undefined;
  readonly key: {
    /** The header that carries the key. */
    readonly header: "authorization" | "api-key";
    /** The environment variables that may hold it. */
    readonly variables: readonly string[];
    /** Whether the server works without one. */
    readonly isOptional: boolean;
    /** Whose name the list of known keys has for it. Default: any key is sent. */
    readonly owner?: string | undefined;
    /** Where users get one. */
    readonly url?: string | undefined;
  };
  /** How to start it, if it runs on the user's machine: ``"Start it with `ollama serve`."``. */
  readonly startHint?: string | undefined;
}

/** The ids of the servers that have a preset. */
export type ServerId = DialectId;
