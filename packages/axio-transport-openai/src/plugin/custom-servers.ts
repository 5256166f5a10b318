import {
  AxioError,
  type Capability,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ModelRegistry,
  type ModelSpec,
} from "axio";
import type { ServerOptions } from "../options.ts";
import { isServerId } from "../servers/servers.ts";

/** A server that the settings describe. */
export interface CustomServer
  extends Pick<
    ServerOptions,
    "api" | "baseUrl" | "extraBody" | "headers" | "insecureHttp" | "models" | "startsInReasoning" | "thinking"
  > {
  /** The name that users see. Default: its name in the settings. */
  readonly title?: string | undefined;
  /** The preset that fits it. Default: the one that fits its URL. */
  readonly preset?: string | undefined;
  /** The environment variable that may hold its key. */
  readonly keyVariable?: string | undefined;
}

type Reader = (value: JsonValue, name: string) => unknown;

/** The members of a server in the settings. */
const MEMBERS: { readonly [Name in keyof Required<CustomServer>]: Reader } = {
  title: text,
  preset: (value, name) => {
    if (typeof value === "string" && isServerId(value)) return value;
    throw mistake(name, "the name of a preset, such as vllm");
  },
  baseUrl: text,
  api: (value, name) => {
    if (value === "chat" || value === "responses") return value;
    throw mistake(name, '"chat" or "responses"');
  },
  keyVariable: text,
  headers: (value, name) => {
    if (isJsonObject(value) && Object.values(value).every((header) => typeof header === "string"))
      return value;
    throw mistake(name, "an object whose values are strings");
  },
  extraBody: (value, name) => {
    if (isJsonObject(value)) return value;
    throw mistake(name, "an object");
  },
  thinking: flag,
  startsInReasoning: flag,
  insecureHttp: flag,
  models: (value, name) => {
    if (!Array.isArray(value)) throw mistake(name, "a list of models");
    return new ModelRegistry(value.map((entry, index) => readModel(entry, `${name}[${index}]`)));
  },
};

/**
 * Reads the servers of the settings: `"servers": { "my-server": { "baseUrl": "http://localhost:8000/v1" } }`.
 *
 * @throws AxioError `invalid-argument`, which names the member that is wrong.
 */
export function readCustomServers({
  settings,
}: {
  readonly settings: JsonObject;
}): ReadonlyMap<string, CustomServer> {
  const { servers } = settings;
  if (servers === undefined) return new Map();
  if (!isJsonObject(servers)) throw mistake("servers", "an object");
  return new Map(
    Object.entries(servers).map(([name, entry]) => [name, readServer(entry, `servers.${name}`)]),
  );
}

function readServer(entry: JsonValue, path: string): CustomServer {
  if (!isJsonObject(entry)) throw mistake(path, "an object");
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entry)) {
    if (/key$/i.test(name) && name !== "keyVariable")
      throw new AxioError(
        "invalid-argument",
        `The setting "${path}.${name}" is not read: settings are no place for keys. Remove it, and use \`axio-openai login --profile NAME\` or "keyVariable".`,
      );
    if (!Object.hasOwn(MEMBERS, name))
      throw mistake(`${path}.${name}`, `one of: ${Object.keys(MEMBERS).join(", ")}`, "is not known");
    read[name] = MEMBERS[name as keyof typeof MEMBERS](value, `${path}.${name}`);
  }
  return read as CustomServer;
}

function readModel(entry: JsonValue, path: string): ModelSpec {
  if (typeof entry === "string" && entry !== "") return { id: entry, capabilities: ["text", "tool-use"] };
  if (!isJsonObject(entry) || typeof entry["id"] !== "string" || entry["id"] === "")
    throw mistake(path, 'a name, or an object with an "id"');
  const number = (name: string): number | undefined => {
    const value = entry[name];
    if (value === undefined || (typeof value === "number" && value >= 0)) return value;
    throw mistake(`${path}.${name}`, "a number");
  };
  const names = (name: string): readonly string[] | undefined => {
    const value = entry[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw mistake(`${path}.${name}`, "a list of strings");
  };
  const [inputPerMillion, outputPerMillion] = [number("inputPerMillion"), number("outputPerMillion")];
  const isPriced = inputPerMillion !== undefined && outputPerMillion !== undefined;
  return {
    id: entry["id"],
    capabilities: (names("capabilities") as readonly Capability[] | undefined) ?? ["text", "tool-use"],
    contextWindow: number("contextWindow"),
    maxOutputTokens: number("maxOutputTokens"),
    efforts: names("efforts"),
    cost: isPriced ? { inputPerMillion, outputPerMillion } : undefined,
  };
}

function text(value: JsonValue, name: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw mistake(name, "a string");
}

function flag(value: JsonValue, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw mistake(name, "true or false");
}

function mistake(name: string, expected: string, problem = "is wrong"): AxioError {
  return new AxioError("invalid-argument", `The setting "${name}" ${problem}. Use ${expected}, or omit it.`);
}
