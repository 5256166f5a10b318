import type { AxioError } from "../errors.ts";
import type { JsonObject } from "../json.ts";

/** The app, as its plugins see it. */
export interface PluginHost {
  /** The name of the app: `"axio"`. A sign-in shows it to the user. */
  readonly appName: string;
  /** The working directory of the app, absolute. */
  readonly cwd: string;
  /**
   * The directory of the user's settings, absolute. A program that the settings name starts there, so that it takes nothing from
   * the working directory.
   */
  readonly settingsDir?: string | undefined;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's settings for this plugin, unchecked. Empty if there are none. */
  readonly settings: JsonObject;
  /** Fires when the app ends. */
  readonly signal: AbortSignal;
  /**
   * Returns the text of a file that the working directory brings, if the user trusts it with this content: `".mcp.json"`. Returns
   * `undefined` for any other file. Default: the app trusts no files.
   */
  readTrustedFile?(path: string): Promise<string | undefined>;
  /** Shows a problem that ends nothing to the user. */
  onWarning(warning: AxioError | string): void;
  /** Shows that a request failed and is about to be sent again. Called before each delay. Default: not shown. */
  onRetry?(retry: RetryNotice): void;
  /**
   * Requests permission. The user's rules and mode decide first, by {@link PermissionRequest.subject}; otherwise the app asks
   * the user. Without a user, the answer is no.
   *
   * @throws AxioError `aborted` if the signal fires first.
   */
  requestPermission(request: PermissionRequest): Promise<Permission>;
}

/** A retry that is about to happen. */
export interface RetryNotice {
  /** The number of the retry, from 1. */
  readonly attempt: number;
  /** How many retries there are at most. */
  readonly maxRetries: number;
  /** The delay before the request is sent again, in milliseconds. */
  readonly delayMs: number;
  /** Why the request failed. */
  readonly error: AxioError;
}

/** A question to the user before something is done in their name. */
export interface PermissionRequest {
  /** The action, in one line: `"Run a command"`, `"Change src/main.ts"`. */
  readonly title: string;
  /** The details: a command, the changed lines. Default: only the title. */
  readonly detail?: PermissionDetail | undefined;
  /** The facts that the user's rules are compared with. Default: no rule matches, so the user is asked. */
  readonly subject?: PermissionSubject | undefined;
  /**
   * Whether it is allowed without a question, unless a rule or the mode says otherwise: something that is harmless, or that
   * the user's settings allow. Default: `false`.
   */
  readonly isAllowedByDefault?: boolean | undefined;
  /**
   * An answer for the session counts for every request with the same key. `"shell:git status"` stands for one command,
   * `"write"` for all changes. If the answer must not outlive a change of what was shown, the key contains a hash of it.
   */
  readonly key: string;
  /** The meaning of the key, as the end of "Yes, and for this session also …": `"all changes to files in this folder"`. */
  readonly scopeDescription?: string | undefined;
  /** The tool call that asks, so that an app can show the request with the call. Default: the request is shown alone. */
  readonly toolCallId?: string | undefined;
  /** Withdraws the request. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The facts of a permission request, for the user's rules.
 *
 * - `shell`: a command for a shell, exactly as it will run. `syntax` is `"cmd"` for the command interpreter of Windows.
 *   Default: `"posix"`. `leavesSandbox` says that it runs without the sandbox of other commands: then no rule allows it.
 * - `read`, `write`: a file. `path` has `/` between its parts; it is relative to the working directory, or absolute if the file
 *   is outside of it.
 * - `mcp`: a tool of an MCP server. `definitionHash` changes with the definition of the tool, so that a rule that was made for
 *   one definition does not allow another. `isReadOnly` is a hint of the server that is not verified.
 * - `fetch`: a request to a URL.
 *
 * @example
 * ```ts
 * import type { PermissionSubject } from "axio/plugin";
 *
 * const subject: PermissionSubject = { type: "shell", command: "npm test" };
 * ```
 */
export type PermissionSubject =
  | {
      readonly type: "shell";
      readonly command: string;
      readonly syntax?: "posix" | "cmd" | undefined;
      /** Whether the command leaves the sandbox of other commands. A rule that allows the command does not cover this. */
      readonly leavesSandbox?: boolean | undefined;
    }
  | { readonly type: "read"; readonly path: string }
  | { readonly type: "write"; readonly path: string }
  | {
      readonly type: "mcp";
      readonly server: string;
      readonly tool: string;
      readonly definitionHash: string;
      readonly isReadOnly?: boolean | undefined;
    }
  | { readonly type: "fetch"; readonly url: string };

/** The details of a permission request. `diff` is a unified diff. */
export type PermissionDetail =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "command"; readonly command: string }
  | { readonly type: "diff"; readonly path: string; readonly diff: string };

/** The user's answer. `reason` is what the user wants instead, for the model. */
export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason?: string | undefined };
