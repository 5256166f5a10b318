import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Application, type ProjectReflection } from "typedoc";
import { interfaceTables } from "./interface-tables.ts";
import type { SidebarGroup } from "./page-map.ts";

/** Writes the reference, made from TSDoc, to `reference/api`, and the tables of events and options. Returns its sidebar. */
export async function writeReference(
  root: string,
  pages: string,
  packages: readonly string[],
): Promise<SidebarGroup> {
  const documented: string[] = [];
  for (const name of packages) if (await isLibrary(root, name)) documented.push(name);
  const folder = join(pages, "reference", "api");
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: documented.map((name) => join(root, "packages", name, "src", "index.ts")),
    tsconfig: join(root, "site", "tsconfig.reference.json"),
    skipErrorChecking: true,
    readme: "none",
    name: "Reference",
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    githubPages: false,
    logLevel: "Error",
    // Options of the plugin.
    ...{
      outputs: [{ name: "markdown", path: folder }],
      router: "module",
      hidePageHeader: true,
      hideBreadcrumbs: true,
      interfacePropertiesFormat: "table",
      typeDeclarationFormat: "table",
      enumMembersFormat: "table",
      parametersFormat: "table",
      useCodeBlocks: true,
      entryFileName: "index.md",
    },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc could not read the packages.");
  await mkdir(folder, { recursive: true });
  await app.generateOutputs(project);
  await Promise.all(documented.map((name) => nameModule(join(folder, moduleName(name)), name)));
  await writeTables(project, pages);
  return {
    text: "API",
    items: [
      { text: "All events", link: "/reference/events" },
      { text: "All options", link: "/reference/options" },
      ...documented.map((name) => ({ text: name, link: `/reference/api/${moduleName(name)}` })),
    ],
  };
}

async function writeTables(project: ProjectReflection, pages: string): Promise<void> {
  const events = interfaceTables(project, ({ name }) => /Event$/.test(name));
  const options = interfaceTables(project, ({ name }) => /Options$/.test(name));
  await writeFile(
    join(pages, "reference", "events.md"),
    `# All events\n\nThe events of runs, in the order of their names. \`type\` tells them apart.\n\n${events}\n`,
  );
  await writeFile(
    join(pages, "reference", "options.md"),
    `# All options\n\nThe options of classes and functions, by package.\n\n${options}\n`,
  );
}

/** Modules are named by their folder. Readers know them by their package. */
async function nameModule(path: string, name: string): Promise<void> {
  const markdown = await readFile(`${path}.md`, "utf8");
  await writeFile(`${path}.md`, markdown.replace(/^# .*$/m, `# ${name}`));
}

function moduleName(name: string): string {
  return `${name}/src`;
}

/** Commands and the terminal app have no interface of their own. */
async function isLibrary(root: string, name: string): Promise<boolean> {
  if (!existsSync(join(root, "packages", name, "src", "index.ts"))) return false;
  const manifest: unknown = JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && !("private" in manifest);
}
