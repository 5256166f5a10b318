import type { AxioError } from "../errors.ts";
import type { AgentTool, Guard, ToolSelector } from "../tool.ts";
import type { PluginHost } from "./host.ts";

/**
 * Tools for an agent: `"axio": { "tools": { "clock": "./plugin#tools" } }`.
 *
 * @example
 * ```ts
 * import { defineTool } from "axio";
 * import type { ToolsPlugin } from "axio/plugin";
 *
 * export const tools: ToolsPlugin = {
 *   title: "Clock",
 *   open: () => ({
 *     tools: [
 *       defineTool({
 *         name: "now",
 *         description: "Returns the current time.",
 *         inputSchema: { type: "object", properties: {} },
 *         execute: () => new Date().toISOString(),
 *       }),
 *     ],
 *   }),
 * };
 * ```
 */
export interface ToolsPlugin {
  readonly title: string;
  /** Opens the tools. If it fails, the app shows the error and continues without them. */
  open(host: PluginHost): OpenTools | Promise<OpenTools>;
}

/** A server that provides some of the tools of a plugin, such as an MCP server. */
export interface ToolServer {
  readonly name: string;
  readonly state: "starting" | "ready" | "failed" | "needs-sign-in";
  /** The address: its program, or its URL without credentials. */
  readonly address: string;
  /** How many tools it has. */
  readonly toolCount: number;
  /** Why it failed, and what to do. */
  readonly error?: AxioError | undefined;
  /**
   * Ends the connection and connects again.
   *
   * @throws AxioError why that failed.
   */
  reconnect(): Promise<void>;
  /**
   * Signs in in the browser, and connects again. Absent if the server has no sign-in.
   *
   * @throws AxioError why that failed.
   */
  signIn?(call: ToolServerSignIn): Promise<void>;
}

/** A sign-in to a {@link ToolServer}. */
export interface ToolServerSignIn {
  readonly signal: AbortSignal;
  /** Called with the address that the browser opens, for a user whose browser did not open. */
  readonly onUrl: (url: string) => void;
  /** Opens an address. Default: the user's browser. */
  readonly openUrl?: ((url: string) => Promise<unknown>) | undefined;
}

/** The tools of a plugin that is open. */
export interface OpenTools {
  /** Read before each run, so it may be a getter. */
  readonly tools: readonly AgentTool[];
  /** The servers behind the tools, in their current state, so it may be a getter. Default: none. */
  readonly servers?: readonly ToolServer[] | undefined;
  /** Frees resources, such as processes and connections. */
  close?(): void | Promise<void>;
}

/** A guard for every tool call, from any plugin: `"axio": { "guards": { "night": "./plugin#guard" } }`. */
export interface GuardPlugin {
  readonly title: string;
  open(host: PluginHost): Guard | Promise<Guard>;
}

/** Chooses, step by step, the tools that the model sees: `"axio": { "selectors": { "few": "./plugin#selector" } }`. */
export interface SelectorPlugin {
  readonly title: string;
  open(host: PluginHost): ToolSelector | Promise<ToolSelector>;
}
