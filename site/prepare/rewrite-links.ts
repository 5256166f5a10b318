import { dirname, join, normalize } from "node:path/posix";
import type { SitePage } from "./page-map.ts";

/** A picture that a page shows: its file in the repository, and its address on the site. */
export interface Picture {
  readonly source: string;
  readonly target: string;
}

/** A page with the links of the site. */
export interface RewrittenPage {
  readonly markdown: string;
  readonly pictures: readonly Picture[];
}

const LINK = /(?<mark>!?)\[(?<text>(?:[^[\]]|\[[^\]]*\])*)\]\((?<target>[^)\s]+)\)/g;

/**
 * Changes the relative links of a page in the repository to links of the site. A link to a file that is not on the site becomes
 * its text. Code blocks stay as they are.
 */
export function rewriteLinks(markdown: string, source: string, pages: readonly SitePage[]): RewrittenPage {
  const routes = new Map(pages.map((page) => [page.source, page.route]));
  const pictures: Picture[] = [];
  const rewrite = (text: string): string =>
    text.replaceAll(LINK, (link, mark: string, label: string, target: string) => {
      if (/^(?:[a-z]+:|#)/.test(target)) return link;
      const [path = "", anchor] = target.split("#");
      const file = normalize(join(dirname(source), path)).replace(/\/$/, "");
      if (mark === "!") {
        const picture = { source: file, target: `/${file}` };
        pictures.push(picture);
        return `![${label}](${picture.target})`;
      }
      const route = routes.get(file) ?? routes.get(join(file, "README.md"));
      const inner = rewrite(label);
      if (route === undefined) return inner;
      return `[${inner}](/${route}${anchor === undefined ? "" : `#${anchor}`})`;
    });
  const parts = markdown.split(/(^```[\s\S]*?^```$)/m);
  const rewritten = parts.map((part, index) => (index % 2 === 0 ? rewrite(part) : part)).join("");
  return { markdown: rewritten, pictures };
}

/** The text of a page for the site, which reads `{{ }}` as a template: these stay as they are. */
export function escapeTemplates(markdown: string): string {
  return markdown.includes("{{") ? `::: v-pre\n\n${markdown}\n\n:::\n` : markdown;
}
