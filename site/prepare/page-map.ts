import { basename } from "node:path/posix";
import type { NavigationSection } from "../navigation.ts";

/** A page of the site. */
export interface SitePage {
  /** The Markdown file, relative to the repository. */
  readonly source: string;
  /** Its address on the site, without extension: `guides/tools`. */
  readonly route: string;
  readonly text: string;
}

/** A group of the sidebar. */
export interface SidebarGroup {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** The pages of the navigation, then the README of each package, then the decision records. */
export function listPages(
  navigation: readonly NavigationSection[],
  packages: readonly string[],
  decisions: readonly string[],
): readonly SitePage[] {
  return [
    ...navigation.flatMap(({ folder, pages }) =>
      pages.map(({ text, source }) => ({ text, source, route: `${folder}/${routeName(source)}` })),
    ),
    ...packages.map((name) => ({
      text: name,
      source: `packages/${name}/README.md`,
      route: `packages/${name}`,
    })),
    ...decisions.map((file) => ({
      text: decisionTitle(file),
      source: `docs/decisions/${file}`,
      route: `decisions/${basename(file, ".md")}`,
    })),
  ];
}

/** The sidebar: the sections of the navigation, the packages, the decisions. */
export function sidebarOf(
  navigation: readonly NavigationSection[],
  pages: readonly SitePage[],
): readonly SidebarGroup[] {
  const group = (text: string, folder: string): SidebarGroup => ({
    text,
    items: pages
      .filter(({ route }) => route.startsWith(`${folder}/`))
      .map((page) => ({ text: page.text, link: `/${page.route}` })),
  });
  return [
    ...navigation.map(({ text, folder }) => group(text, folder)),
    group("Packages", "packages"),
    group("Decisions", "decisions"),
  ];
}

function routeName(source: string): string {
  const name = basename(source, ".md").toLowerCase();
  return name === "readme" ? "overview" : name;
}

function decisionTitle(file: string): string {
  const [number = "", ...words] = basename(file, ".md").split("-");
  return `${Number(number)}. ${words.join(" ")}`;
}
