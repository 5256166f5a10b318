import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxioError } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";
import { bundleScript } from "test-support/bundle-script";
import { onTestFinished } from "vitest";
import {
  type McpServers,
  type McpTools,
  type McpToolsOptions,
  mcpTools,
  type StdioServerConfig,
} from "../../src/index.ts";

const SERVER = await bundleScript(fileURLToPath(new URL("./stdio-server.ts", import.meta.url)));

/** The environment without this machine's certificates, which change how a process connects. */
const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...clean } = process.env;
export const ENV: Readonly<Record<string, string | undefined>> = clean;

/** Returns the config of the test server as a process. */
export function stdioServer(more: Partial<StdioServerConfig> = {}): StdioServerConfig {
  return { command: process.execPath, args: [SERVER], ...more };
}

/** Open servers with the recorded permission requests and warnings. */
export interface Opened {
  readonly mcp: McpTools;
  readonly requests: PermissionRequest[];
  readonly warnings: AxioError[];
}

/** Opens servers and closes them after the test. Every permission request gets the same answer. */
export async function open(
  servers: McpServers,
  options: Partial<McpToolsOptions> & { readonly permission?: Permission } = {},
): Promise<Opened> {
  const { permission = { allowed: true }, ...others } = options;
  const requests: PermissionRequest[] = [];
  const warnings: AxioError[] = [];
  const requestPermission = async (request: PermissionRequest): Promise<Permission> => {
    requests.push(request);
    return permission;
  };
  const onWarning = (warning: AxioError): void => void warnings.push(warning);
  const mcp = await mcpTools({ servers, requestPermission, onWarning, env: ENV, ...others });
  onTestFinished(() => mcp.close());
  return { mcp, requests, warnings };
}

/** Creates a directory that is deleted after the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "axio-mcp-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
