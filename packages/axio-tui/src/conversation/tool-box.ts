import type { AgentTool, AxioError, Guard, ToolSelector } from "axio";
import { toAxioError } from "axio/internal";
import type { OpenTools, ToolServer } from "axio/plugin";
import type { AppOptions } from "../host/app-options.ts";
import type { FoundPlugin } from "../plugins/found-plugins.ts";

/** The tools of one plugin. */
export interface ToolGroup {
  readonly title: string;
  readonly tools: readonly AgentTool[];
}

interface OpenGroup {
  readonly title: string;
  readonly open: OpenTools;
}

interface TitledGuard {
  readonly title: string;
  readonly guard: Guard;
}

/**
 * The tools, guards and selector of all plugins. A plugin that fails is reported, and the others are used; if a guard
 * fails, no tool runs.
 */
export class ToolBox {
  readonly #options: Pick<AppOptions, "found" | "hostFor">;
  readonly #onProblem: (from: string, error: AxioError) => void;
  readonly #reported = new Set<string>();
  readonly #groups: OpenGroup[] = [];
  readonly #guards: TitledGuard[] = [];
  #selector: { readonly title: string; readonly selector: ToolSelector } | undefined;
  #opening: Promise<void> | undefined;

  constructor(
    options: Pick<AppOptions, "found" | "hostFor">,
    onProblem: (from: string, error: AxioError) => void,
  ) {
    this.#options = options;
    this.#onProblem = onProblem;
  }

  /** Opens all plugins, once. */
  open(): Promise<void> {
    this.#opening ??= this.#openAll();
    return this.#opening;
  }

  /** The current tools, by plugin. */
  groups(): readonly ToolGroup[] {
    return this.#groups.map(({ title, open }) => ({ title, tools: open.tools }));
  }

  /** The servers of all plugins, in their current state. */
  servers(): readonly ToolServer[] {
    return this.#groups.flatMap(({ open }) => open.servers ?? []);
  }

  /** The current tools. If two have the same name, the first one is used. */
  tools(): readonly AgentTool[] {
    const byName = new Map<string, AgentTool>();
    for (const { title, tools } of this.groups()) {
      for (const tool of tools) {
        if (byName.has(tool.name)) this.#reportDuplicate(title, tool.name);
        else byName.set(tool.name, tool);
      }
    }
    return [...byName.values()];
  }

  guards(): readonly Guard[] {
    return this.#guards.map(({ guard }) => guard);
  }

  guardTitles(): readonly string[] {
    return this.#guards.map(({ title }) => title);
  }

  get selector(): ToolSelector | undefined {
    return this.#selector?.selector;
  }

  get selectorTitle(): string | undefined {
    return this.#selector?.title;
  }

  /** Closes the tools. */
  async close(): Promise<void> {
    await this.#opening;
    await Promise.allSettled(this.#groups.splice(0).map(async ({ open }) => open.close?.()));
  }

  #reportDuplicate(title: string, tool: string): void {
    if (this.#reported.has(`${title}/${tool}`)) return;
    this.#reported.add(`${title}/${tool}`);
    this.#onProblem(
      title,
      toAxioError(`Another plugin already has a tool ${JSON.stringify(tool)}. This one is not used.`),
    );
  }

  async #openAll(): Promise<void> {
    const { found, hostFor } = this.#options;
    // Kept in plugin order, whichever opens first: the order decides between duplicates, and providers cache by it.
    const groups: OpenGroup[] = [];
    const guards: TitledGuard[] = [];
    await Promise.all([
      ...found.tools.map((plugin, index) =>
        this.#attempt(plugin, async (loaded) => {
          groups[index] = { title: loaded.title, open: await loaded.open(hostFor("tools", plugin.name)) };
        }),
      ),
      ...found.guards.map((plugin, index) =>
        this.#attempt(
          plugin,
          async (loaded) => {
            guards[index] = { title: loaded.title, guard: await loaded.open(hostFor("guards", plugin.name)) };
          },
          () => {
            const title = `${plugin.name} (failed to load: it denies everything)`;
            guards[index] = { title, guard: denyAll(plugin.name, plugin.packageName) };
          },
        ),
      ),
      ...found.selectors.slice(0, 1).map((plugin) =>
        this.#attempt(plugin, async (loaded) => {
          const selector = await loaded.open(hostFor("selectors", plugin.name));
          this.#selector = { title: loaded.title, selector };
        }),
      ),
    ]);
    this.#groups.push(...groups.filter((group) => group !== undefined));
    this.#guards.push(...guards.filter((guard) => guard !== undefined));
  }

  async #attempt<Plugin>(
    plugin: FoundPlugin<Plugin>,
    use: (loaded: Plugin) => Promise<void>,
    onFailure?: () => void,
  ): Promise<void> {
    try {
      await use(await plugin.load());
    } catch (error) {
      onFailure?.();
      this.#onProblem(plugin.name, toAxioError(error));
    }
  }
}

/** Replaces a guard that failed to load: the user relies on it, so nothing runs without it. */
function denyAll(name: string, packageName: string): Guard {
  return () => ({
    action: "deny",
    reason:
      `The guard ${JSON.stringify(name)} of this app failed to load, so no tool may run. ` +
      `The user can fix it, remove ${packageName}, or add that name to "disabled" in the settings.`,
  });
}
