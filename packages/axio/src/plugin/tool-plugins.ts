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
 *         description: "Says what time it is.",
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
  /** Readies the tools. A failure is told to the person, and the app goes on without them. */
  open(host: PluginHost): OpenTools | Promise<OpenTools>;
}

/** Tools that are ready. */
export interface OpenTools {
  /** Read anew before each run: a list that changes is a getter. */
  readonly tools: readonly AgentTool[];
  /** Ends what the tools hold: processes, connections. */
  close?(): void | Promise<void>;
}

/** A guard for every tool call, whoever made the tool: `"axio": { "guards": { "night": "./plugin#guard" } }`. */
export interface GuardPlugin {
  readonly title: string;
  open(host: PluginHost): Guard | Promise<Guard>;
}

/** Chooses, call by call, which tools the model is told of: `"axio": { "selectors": { "few": "./plugin#selector" } }`. */
export interface SelectorPlugin {
  readonly title: string;
  open(host: PluginHost): ToolSelector | Promise<ToolSelector>;
}
