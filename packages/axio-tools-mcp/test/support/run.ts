import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxioError } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";
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
  readonly asked: PermissionRequest[];
  readonly warnings: AxioError[];
}

export async function open(
  servers: McpServers,
  options: Partial<McpToolsOptions> & { readonly answer?: Permission } = {},
): Promise<Opened> {
  const { answer = { allowed: true }, ...others } = options;
  const asked: PermissionRequest[] = [];
  const warnings: AxioError[] = [];
  const ask = async (question: PermissionRequest): Promise<Permission> => {
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
