// Writes the pages of the site to site/.pages: those of the repository with the links of the site, and the reference.
// Run: npm --prefix site run prepare-pages

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NAVIGATION } from "../navigation.ts";
import { llmsFull, llmsIndex, type TextPage } from "./llms.ts";
import { listPages, type SitePage, sidebarOf } from "./page-map.ts";
import { writeReference } from "./reference.ts";
import { escapeTemplates, rewriteLinks } from "./rewrite-links.ts";

const SITE = join(import.meta.dirname, "..");
const ROOT = join(SITE, "..");
const PAGES = join(SITE, ".pages");

/** Packages that users do not install. */
const PRIVATE = new Set(["test-support"]);

async function main(): Promise<void> {
  await rm(PAGES, { recursive: true, force: true });
  const packages = (await readdir(join(ROOT, "packages"))).filter((name) => !PRIVATE.has(name));
  const decisions = await readdir(join(ROOT, "docs", "decisions"));
  const pages = listPages(NAVIGATION, packages, decisions);
  const texts = await Promise.all(pages.map((page) => writePage(page, pages)));
  await cp(join(SITE, "index.md"), join(PAGES, "index.md"));
  const reference = await writeReference(ROOT, PAGES, packages);
  const tables = await Promise.all([readTable("All events", "events"), readTable("All options", "options")]);
  await write("public/llms.txt", llmsIndex([...texts, ...tables]));
  await write("public/llms-full.txt", llmsFull(texts));
  const sidebar = [...sidebarOf(NAVIGATION, pages), reference];
  await write("sidebar.json", JSON.stringify(sidebar, undefined, 2));
  console.log(`Wrote ${pages.length} pages and the reference of ${reference.items.length} packages.`);
}

async function writePage(page: SitePage, pages: readonly SitePage[]): Promise<TextPage> {
  const source = await readFile(join(ROOT, page.source), "utf8");
  const { markdown, pictures } = rewriteLinks(source, page.source, pages);
  await write(`${page.route}.md`, escapeTemplates(markdown));
  // The same text as a file, for programs.
  await write(`public/${page.route}.md`, markdown);
  for (const { source: file, target } of pictures) await cp(join(ROOT, file), join(PAGES, "public", target));
  return { text: page.text, route: page.route, markdown };
}

/** Returns a page that was made from TSDoc, and writes its text for programs. */
async function readTable(text: string, name: string): Promise<TextPage> {
  const route = `reference/${name}`;
  const markdown = await readFile(join(PAGES, `${route}.md`), "utf8");
  await write(`public/${route}.md`, markdown);
  return { text, route, markdown };
}

async function write(path: string, text: string): Promise<void> {
  const file = join(PAGES, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

await main();
