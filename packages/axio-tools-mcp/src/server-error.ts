import { SdkError, SdkErrorCode, SdkHttpError, UnauthorizedError } from "@modelcontextprotocol/client";
import { AxioError } from "axio";
import { errorCode, errorText } from "axio/internal";
import { redactSecrets, serverAddress } from "./redact-secrets.ts";
import type { McpServerConfig } from "./server-config.ts";

/** Describes the server for an error message. */
export interface FailedServer {
  readonly name: string;
  readonly config: McpServerConfig;
  /** The end of the server's stderr. */
  readonly stderr?: string | undefined;
  /** The timeout of a start. */
  readonly startTimeoutMs?: number | undefined;
  /** The timeout of a call. */
  readonly callTimeoutMs?: number | undefined;
}

/** Converts an error. The message says which server failed, why, and what to do. Message and cause contain no secrets. */
export function toServerError(error: unknown, server: FailedServer): AxioError {
  const { name, config, stderr = "" } = server;
  if (isUnauthenticated(error)) {
    return new AxioError(
      "unauthenticated",
      `The MCP server "${name}" needs a sign-in. In the app, /mcp signs in; otherwise add a valid token to its headers: "Authorization": "Bearer …".`,
    );
  }
  if (AxioError.is(error)) return error;
  const redact = redactSecrets(config);
  // The original error may contain arguments, variables and headers.
  const cause = new Error(redact(errorText(error)));
  return new AxioError(
    "tools-unavailable",
    withOutput(`The MCP server "${name}" ${describeFailure(error, server, redact)}`, stderr, config),
    {
      cause,
    },
  );
}

/** Adds the end of a server's output to a message, without secrets. */
export function withOutput(message: string, stderr: string, config: McpServerConfig): string {
  const output = redactSecrets(config)(stderr).trim();
  return output === "" ? message : `${message}\nIts output:\n${output}`;
}

/** Tells whether a sign-in is needed. The SDK may wrap the error of the provider. */
function isUnauthenticated(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    AxioError.is(error, "unauthenticated") ||
    error instanceof UnauthorizedError ||
    isUnauthenticated(error.cause)
  );
}

/**
 * Tells whether a remote server rejected a request because it does not know the session, for example after a restart. The
 * protocol says 404; many servers respond with 400 and these words.
 */
export function isLostSession(error: unknown): boolean {
  if (!(error instanceof SdkHttpError)) return false;
  return error.status === 404 || (error.status === 400 && /session|not initialized/i.test(error.message));
}

function describeFailure(error: unknown, server: FailedServer, redact: (text: string) => string): string {
  const { config } = server;
  const address = serverAddress(config);
  const code = errorCode(error);
  if (code === "ENOENT" && "command" in config) {
    const directoryHint = config.cwd === undefined ? "" : `, and that the directory ${config.cwd} exists`;
    return `could not be started: the program ${address} was not found. Check that it is installed and in PATH${directoryHint}.`;
  }
  if (code === "EACCES") return `could not be started: ${address} is not executable. Check its permissions.`;
  if (error instanceof SdkHttpError) return httpFailure(error.status, address);
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) return timeoutFailure(server);
    if (error.code === SdkErrorCode.InvalidResult) return "sent a response that is not valid in MCP.";
    if (error.code === SdkErrorCode.ConnectionClosed) {
      return "url" in config
        ? `closed the connection (${address}).`
        : `exited (${address}). Run it in a terminal to see why.`;
    }
  }
  if ("url" in config && isUnreachable(error))
    return `cannot be reached at ${address}. Check the URL and the network.`;
  // The errors of a validator are long, and say nothing to users.
  if (error instanceof Error && "issues" in error) return "sent a message that is not valid in MCP.";
  return `failed: ${redact(errorText(error))}`;
}

/** Names the setting that has to be changed. */
function timeoutFailure({ startTimeoutMs, callTimeoutMs }: FailedServer): string {
  if (startTimeoutMs !== undefined) {
    return `did not respond within ${startTimeoutMs / 1_000} s after its start. Check that it is an MCP server, or increase the setting startTimeoutSeconds (the option startTimeoutMs).`;
  }
  const limit = callTimeoutMs === undefined ? "in time" : `within ${callTimeoutMs / 1_000} s`;
  return `did not respond to the call ${limit}. If its tools take longer, increase timeoutSeconds of this server (the option timeoutMs).`;
}

function httpFailure(status: number, address: string): string {
  if (status === 401 || status === 403) {
    return `rejected the request (${status}). Add a valid token to its headers: "Authorization": "Bearer …".`;
  }
  if (status === 404 || status === 405)
    return `was not found at ${address} (${status}). Check the URL; many end in /mcp.`;
  return `returned the status ${status} (${address}).`;
}

/** Tells whether the error or one of its causes is a failed `fetch`. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof TypeError && error.message === "fetch failed") || isUnreachable(error.cause);
}
