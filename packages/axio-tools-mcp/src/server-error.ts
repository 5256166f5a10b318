import { SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { AxioError } from "axio";
import { redactSecrets, serverPlace } from "./redact-secrets.ts";
import type { McpServerConfig } from "./server-config.ts";

/** What a failure is told of. */
export interface FailedServer {
  readonly name: string;
  readonly config: McpServerConfig;
  /** What the server last wrote for people. */
  readonly stderr?: string;
}

/** An error that says which server failed, how, and what to do; without secrets, also in what caused it. */
export function toServerError(error: unknown, server: FailedServer): AxioError {
  if (AxioError.is(error)) return error;
  const { name, config, stderr = "" } = server;
  const hide = redactSecrets(config);
  const written = hide(stderr).trim();
  const said = written === "" ? "" : `\nIt said:\n${written}`;
  // The original has arguments, variables and headers in it.
  const cause = new Error(hide(messageOf(error)));
  return new AxioError(
    "tools-unavailable",
    `The MCP server "${name}" ${whatHappened(error, config, hide)}${said}`,
    {
      cause,
    },
  );
}

/** Whether a server behind an address no longer knows the session: it was started anew. */
export function isLostSession(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404;
}

function whatHappened(error: unknown, config: McpServerConfig, hide: (text: string) => string): string {
  const place = serverPlace(config);
  const code = codeOf(error);
  if (code === "ENOENT" && "command" in config) {
    const folder = config.cwd === undefined ? "" : `, and that the folder ${config.cwd} exists`;
    return `could not be started: there is no program ${place}. Check that it is installed and in PATH${folder}.`;
  }
  if (code === "EACCES") return `could not be started: ${place} may not be run. Check its rights.`;
  if (error instanceof SdkHttpError) return httpFailure(error.status, place);
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) {
      return "did not answer in time. Check that it speaks MCP, or raise its timeoutSeconds.";
    }
    if (error.code === SdkErrorCode.ConnectionClosed) {
      return "url" in config
        ? `closed the connection (${place}).`
        : `ended (${place}). Run it by hand to see why.`;
    }
  }
  if ("url" in config && isUnreachable(error))
    return `cannot be reached at ${place}. Check the address and the network.`;
  return `failed: ${hide(messageOf(error))}`;
}

function httpFailure(status: number, place: string): string {
  if (status === 401 || status === 403) {
    return `refuses the request (${status}). Put a token that holds into its headers: "Authorization": "Bearer …".`;
  }
  if (status === 404 || status === 405)
    return `is not at ${place} (${status}). Check the address; many end in /mcp.`;
  return `answered with the status ${status} (${place}).`;
}

/** Whether `fetch` failed, however deep below. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof TypeError && error.message === "fetch failed") || isUnreachable(error.cause);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
