import type { AgentTool, AxioError, Guard, ToolSelector } from "axio";
import type { OpenTools } from "axio/plugin";
import type { AppOptions } from "../app/app-options.ts";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import { toAppError } from "./to-app-error.ts";

/** The tools of one plugin. */
export interface ToolGroup {
  readonly name: string;
  readonly title: string;
  readonly tools: readonly AgentTool[];
}

interface OpenGroup {
  readonly name: string;
  readonly title: string;
  readonly open: OpenTools;
}

type Surroundings = Pick<AppOptions, "found" | "hostFor">;

/**
 * The tools, guards and the selector of all plugins. A plugin that fails is told of, and the others go on; without a guard that
 * fails, no tool runs.
 */
export class ToolBox {
  readonly #options: Surroundings;
  readonly #onProblem: (from: string, error: AxioError) => void;
  readonly #groups: OpenGroup[] = [];
  readonly #guards: { readonly title: string; readonly guard: Guard }[] = [];
  #selector: { readonly title: string; readonly selector: ToolSelector } | undefined;
  #opening: Promise<void> | undefined;

  constructor(options: Surroundings, onProblem: (from: string, error: AxioError) => void) {
    this.#options = options;
    this.#onProblem = onProblem;
  }

  /** Opens them all, once. */
  open(): Promise<void> {
    this.#opening ??= this.#openAll();
    return this.#opening;
  }

  /** The tools by plugin, as they are now. */
  groups(): readonly ToolGroup[] {
    return this.#groups.map(({ name, title, open }) => ({ name, title, tools: open.tools }));
  }

  /** All tools. Of two with one name the first counts. */
  tools(): readonly AgentTool[] {
    const byName = new Map<string, AgentTool>();
    for (const { title, tools } of this.groups()) {
      for (const tool of tools) {
        if (byName.has(tool.name)) this.#reportTwice(title, tool.name);
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

  /** Ends what the tools hold. */
  async close(): Promise<void> {
    await this.#opening;
    await Promise.allSettled(this.#groups.splice(0).map(async ({ open }) => open.close?.()));
  }

  readonly #reported = new Set<string>();

  #reportTwice(title: string, tool: string): void {
    if (this.#reported.has(`${title}/${tool}`)) return;
    this.#reported.add(`${title}/${tool}`);
    this.#onProblem(
      title,
      toAppError(`The tool ${JSON.stringify(tool)} is there already, from another plugin. It is left out.`),
    );
  }

  async #openAll(): Promise<void> {
    const { found } = this.#options;
    // In the order of the plugins, whichever is ready first: it decides between two of one name, and providers cache by it.
    const groups: OpenGroup[] = [];
    const guards: { readonly title: string; readonly guard: Guard }[] = [];
    await Promise.all([
      ...found.tools.map((plugin, index) =>
        this.#try(plugin, async (loaded) => {
          const open = await loaded.open(this.#options.hostFor("tools", plugin.name));
          groups[index] = { name: plugin.name, title: loaded.title, open };
        }),
      ),
      ...found.guards.map((plugin, index) =>
        this.#try(
          plugin,
          async (loaded) => {
            const guard = await loaded.open(this.#options.hostFor("guards", plugin.name));
            guards[index] = { title: loaded.title, guard };
          },
          () => {
            guards[index] = {
              title: `${plugin.name} (failed: it lets nothing pass)`,
              guard: denyAll(plugin.name, plugin.packageName),
            };
          },
        ),
      ),
      ...found.selectors.slice(0, 1).map((plugin) =>
        this.#try(plugin, async (loaded) => {
          const selector = await loaded.open(this.#options.hostFor("selectors", plugin.name));
          this.#selector = { title: loaded.title, selector };
        }),
      ),
    ]);
    this.#groups.push(...groups.filter((group) => group !== undefined));
    this.#guards.push(...guards.filter((guard) => guard !== undefined));
  }

  async #try<Plugin>(
    plugin: FoundPlugin<Plugin>,
    use: (loaded: Plugin) => Promise<void>,
    otherwise?: () => void,
  ): Promise<void> {
    try {
      await use(await plugin.load());
    } catch (error) {
      otherwise?.();
      this.#onProblem(plugin.name, toAppError(error));
    }
  }
}

/** What stands in the place of a guard that failed: the person relies on it, so nothing runs unguarded. */
function denyAll(name: string, packageName: string): Guard {
  return () => ({
    action: "deny",
    reason:
      `The guard ${JSON.stringify(name)} of this app could not be readied, so no tool may run. ` +
      `The person can mend it, remove ${packageName}, or add that name to "disabled" in the settings.`,
  });
}
