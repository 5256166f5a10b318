import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve, sep } from "node:path";
import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import type { PluginHost } from "axio/plugin";
import { isInside, readRegularFile } from "axio-tools-local/contained-file";
import { outsideSearchPath } from "axio-tools-local/search-path";
import { parseConfigFile } from "./config-file.ts";
import { type McpServerConfig, readMcpServers } from "./server-config.ts";

/** The file in which a project configures servers for all programs. */
const PROJECT_FILE = ".mcp.json";
const MAX_FILE_BYTES = 1_000_000;

/** Servers from one place. */
interface Source {
  readonly label: string;
  readonly servers: JsonObject;
  /** Whether the working directory brings them. Otherwise the user's settings do. */
  readonly isProject: boolean;
}

/**
 * Reads the servers of the project, if the user trusts its file, and those of the user's settings, which override them. The
 * user's servers start in the directory of the settings, so that they take nothing from the project. Those of the project start
 * there, get only the variables that the user allows by name, and cannot allow tools.
 */
export async function readServers(host: PluginHost): Promise<Readonly<Record<string, McpServerConfig>>> {
  const servers: Record<string, McpServerConfig> = {};
  const variables = readNames(host.settings["projectVariables"], "projectVariables");
  for (const source of await readSources(host)) {
    const { label, isProject } = source;
    const options = isProject
      ? { label, env: host.env, allowedVariables: variables }
      : { label, env: { ...host.env, AXIO_FOLDER: host.cwd } };
    for (const [name, member] of Object.entries(source.servers)) {
      try {
        delete servers[name];
        const read = readMcpServers({ [name]: isProject ? restricted(member) : member }, options)[name];
        if (read !== undefined) servers[name] = placed(read, host, isProject);
      } catch (error) {
        if (!AxioError.is(error)) throw error;
        host.onWarning(error);
      }
    }
  }
  return servers;
}

async function readSources(host: PluginHost): Promise<readonly Source[]> {
  const { file, mcpServers = {} } = host.settings;
  if (!isJsonObject(mcpServers)) throw settingError("mcpServers", "must be an object: { … }");
  if (file !== undefined && typeof file !== "string")
    throw settingError("file", "must be a string: the path of a file");
  const own = file !== undefined && (await isOwnFile(file, host.cwd)) ? file : undefined;
  const sources: Source[] = [];
  const projectFiles = new Set([PROJECT_FILE, ...(file === undefined || own !== undefined ? [] : [file])]);
  for (const path of projectFiles) {
    const text = await host.readTrustedFile?.(pathInside(host.cwd, path));
    if (text !== undefined) sources.push(...parsed(text, path, true, host));
  }
  if (own !== undefined) sources.push(...(await readOwnFile(own, host)));
  return [...sources, { label: "mcpServers", servers: mcpServers, isProject: false }];
}

/** Tells whether a path leads out of the working directory, so that the file is the user's own. */
async function isOwnFile(path: string, directory: string): Promise<boolean> {
  if (!isAbsolute(path)) return false;
  const named = [directory, await realpath(directory).catch(() => directory)];
  const target = [path, await realpath(path).catch(() => path)];
  return !named.some((root) => target.some((file) => isInside(root, file)));
}

async function readOwnFile(path: string, host: PluginHost): Promise<readonly Source[]> {
  const file = await readRegularFile(path, MAX_FILE_BYTES);
  if (file.status === "read") return parsed(file.bytes.toString("utf8"), path, false, host);
  const problem = file.status === "missing" ? "it does not exist" : file.problem;
  host.onWarning(
    new AxioError(
      "invalid-argument",
      `${path} cannot be read: ${problem}. Fix the setting "file", or remove it.`,
    ),
  );
  return [];
}

function parsed(text: string, path: string, isProject: boolean, host: PluginHost): readonly Source[] {
  try {
    return [{ label: `${path}: mcpServers`, servers: parseConfigFile(text, path), isProject }];
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    host.onWarning(error);
    return [];
  }
}

/** A server without what only the user may decide. */
function restricted(member: JsonValue): JsonValue {
  if (!isJsonObject(member)) return member;
  const { alwaysAllow: _alwaysAllow, trustReadOnly: _trustReadOnly, ...rest } = member;
  return rest;
}

/** Sets the directory in which a local server starts, and the search path for programs. */
function placed(config: McpServerConfig, host: PluginHost, isProject: boolean): McpServerConfig {
  if (!("command" in config)) return config;
  const { settingsDir = homedir() } = host;
  const { cwd, env } = config;
  if (cwd !== undefined || isProject) return { ...config, cwd: resolve(host.cwd, cwd ?? ".") };
  const { PATH } = host.env;
  const path = PATH === undefined ? {} : { PATH: outsideSearchPath(PATH, host.cwd) };
  return { ...config, cwd: settingsDir, env: { ...path, ...env } };
}

function pathInside(directory: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(directory, path);
  return isInside(directory, absolute)
    ? absolute.slice(directory.length).replaceAll(sep, "/").replace(/^\/+/, "")
    : path;
}

function readNames(value: JsonValue | undefined, name: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw settingError(name, 'must be a list of names: ["GITHUB_TOKEN"]');
}

/** Returns the error for a setting of the wrong type. */
export function settingError(name: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `The setting "${name}" ${problem}.`);
}
