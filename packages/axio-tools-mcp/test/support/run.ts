import { readFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Agent,
  type AxioError,
  type JsonValue,
  MemoryContextStore,
  type Tool,
  type ToolResultBlock,
} from "axio";
import type { Permission, PermissionQuestion } from "axio/plugin";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { onTestFinished } from "vitest";
import {
  type McpServers,
  type McpTools,
  type McpToolsOptions,
  mcpTools,
  type StdioServerConfig,
} from "../../src/index.ts";

const SERVER = fileURLToPath(new URL("./stdio-server.ts", import.meta.url));

/** Of this machine: they would change how a process of the tests connects. */
const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...clean } = process.env;
export const ENV: Readonly<Record<string, string | undefined>> = clean;

/** The test server as a process. */
export function stdioServer(more: Partial<StdioServerConfig> = {}): StdioServerConfig {
  const flags = ["--conditions=axio-source", "--import", import.meta.resolve("tsx")];
  return { command: process.execPath, args: [...flags, SERVER], ...more };
}

/** Servers that are closed after the test, and what was asked and warned of. */
export interface Opened {
  readonly mcp: McpTools;
  readonly asked: PermissionQuestion[];
  readonly warnings: AxioError[];
}

export async function open(
  servers: McpServers,
  options: Partial<McpToolsOptions> & { readonly answer?: Permission } = {},
): Promise<Opened> {
  const { answer = { allowed: true }, ...others } = options;
  const asked: PermissionQuestion[] = [];
  const warnings: AxioError[] = [];
  const ask = async (question: PermissionQuestion): Promise<Permission> => {
    asked.push(question);
    return answer;
  };
  const warn = (warning: AxioError): void => void warnings.push(warning);
  const mcp = await mcpTools({ servers, ask, warn, env: ENV, ...others });
  onTestFinished(() => mcp.close());
  return { mcp, asked, warnings };
}

/** A folder that is gone after the test. */
export async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "axio-mcp-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface Outcome {
  readonly text: string;
  readonly isError: boolean;
  readonly shown: string;
  readonly content: ToolResultBlock["content"];
}

/** Has an agent make one call. */
export async function call(
  tools: readonly Tool[],
  name: string,
  input: JsonValue = {},
  options: { readonly signal?: AbortSignal; readonly onShown?: (shown: string) => void } = {},
): Promise<Outcome> {
  const { signal, onShown } = options;
  const transport = new ScriptedTransport([toolAnswer(toolUse("1", name, input)), textAnswer("Done.")]);
  const stream = new Agent({ transport, tools }).runStream("Go.", new MemoryContextStore(), {
    ...(signal && { signal }),
  });
  let shown = "";
  let result: ToolResultBlock | undefined;
  for await (const event of stream) {
    if (event.type === "tool-output-delta") {
      shown += event.delta;
      onShown?.(shown);
    }
    if (event.type === "tool-result") result = event.result;
  }
  if (result === undefined) throw new Error("There is no result.");
  const { content } = result;
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { text, isError: result.isError === true, shown, content };
}

/** Whether a process runs. One that has ended and that nobody has looked after does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
