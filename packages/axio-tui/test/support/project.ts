import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type FindPluginsOptions, findPlugins } from "../../src/plugins/find-plugins.ts";
import type { FoundPlugins } from "../../src/plugins/found-plugins.ts";

/** The source of a module with a tools plugin. */
export function toolModule(title: string): string {
  return `export const tools = { title: ${JSON.stringify(title)}, open: () => ({ tools: [] }) };\n`;
}

/** A directory that is deleted after the test. */
export async function temporaryDirectory(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "axio-tui-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The directories of a project, an app and global packages. */
export class Places {
  readonly root: string;
  readonly project: string;
  readonly app: string;
  readonly global: string;

  constructor(root: string) {
    this.root = root;
    this.project = join(root, "work", "project");
    this.app = join(root, "app", "node_modules", "axio-tui");
    this.global = join(root, "prefix", "lib", "node_modules");
  }

  static async make(): Promise<Places> {
    const places = new Places(await temporaryDirectory());
    for (const folder of [places.project, places.app, places.global])
      await mkdir(folder, { recursive: true });
    return places;
  }

  /** Installs a package into a `node_modules` directory. Returns its directory. */
  async install(
    modules: string,
    name: string,
    axio: unknown,
    files: Readonly<Record<string, string>> = {},
    more: object = {},
  ): Promise<string> {
    const folder = join(modules, name);
    const exports = Object.fromEntries(
      Object.keys(files).map((file) => [`./${file.replace(/\.js$/, "")}`, `./${file}`]),
    );
    const manifest = { name, version: "1.2.3", type: "module", exports, axio, ...more };
    await this.write(join(folder, "package.json"), JSON.stringify(manifest));
    for (const [file, text] of Object.entries(files)) await this.write(join(folder, file), text);
    return folder;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  /** Finds the installed plugins. */
  find(options: Partial<FindPluginsOptions> = {}): Promise<FoundPlugins> {
    return findPlugins({
      cwd: this.project,
      appDir: this.app,
      env: { npm_config_prefix: join(this.root, "prefix") },
      platform: "linux",
      home: join(this.root, "home"),
      ...options,
    });
  }
}
