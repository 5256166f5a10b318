import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { NAVIGATION } from "../../site/navigation.ts";
import { llmsIndex } from "../../site/prepare/llms.ts";
import { listPages, sidebarOf } from "../../site/prepare/page-map.ts";
import { escapeTemplates, rewriteLinks } from "../../site/prepare/rewrite-links.ts";

const root = resolve(import.meta.dirname, "../..");

it("the navigation of the site has every page of docs", () => {
  const named = new Set(NAVIGATION.flatMap(({ pages }) => pages.map(({ source }) => source)));
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((name) => `docs/${name}`)
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/decisions/"));
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

describe("links of the site", () => {
  const pages = listPages(NAVIGATION, ["axio", "axio-auth"], ["0009-sqlite.md"]);
  const rewrite = (markdown: string, source = "docs/tools.md"): string =>
    rewriteLinks(markdown, source, pages).markdown;

  it.each([
    ["[errors](errors.md#codes)", "[errors](/reference/errors#codes)"],
    ["[`axio-auth`](../packages/axio-auth)", "[`axio-auth`](/packages/axio-auth)"],
    ["[why](decisions/0009-sqlite.md)", "[why](/decisions/0009-sqlite)"],
    [
      "[a](https://example.com/errors.md) and [b](#results)",
      "[a](https://example.com/errors.md) and [b](#results)",
    ],
    ["[license](../LICENSE)", "license"],
    ["```md\n[errors](errors.md)\n```", "```md\n[errors](errors.md)\n```"],
  ])("%j becomes %j", (link, expected) => {
    expect(rewrite(link)).toBe(expected);
  });

  it("collects the pictures of a page", () => {
    expect(rewriteLinks("![chat](pictures/chat.svg)", "docs/tools.md", pages)).toEqual({
      markdown: "![chat](/docs/pictures/chat.svg)",
      pictures: [{ source: "docs/pictures/chat.svg", target: "/docs/pictures/chat.svg" }],
    });
  });

  it("keeps braces that the site would read as a template", () => {
    expect(escapeTemplates("Quote {{result 1}}.")).toContain("::: v-pre");
    expect(escapeTemplates("Quote.")).toBe("Quote.");
  });

  it("reads a page with many brackets in linear time", () => {
    expect(rewrite(`[${"`a` [b] ".repeat(5000)}`)).toContain("`a` [b]");
  });
});

it("the sidebar has the sections, then the packages, then the decisions", () => {
  const sidebar = sidebarOf(NAVIGATION, listPages(NAVIGATION, ["axio"], ["0009-sqlite.md"]));
  expect(sidebar.slice(-2)).toEqual([
    { text: "Packages", items: [{ text: "axio", link: "/packages/axio" }] },
    { text: "Decisions", items: [{ text: "9. sqlite", link: "/decisions/0009-sqlite" }] },
  ]);
});

describe("llms.txt lists each page with its first sentence", () => {
  it.each([
    ["A [tool](x.md) is a function. More.", "A tool is a function."],
    ["A server: it answers. More.", "A server: it answers."],
    ["Run it:\n\n```sh\nnpm start\n```", "Run it."],
    ["Status: accepted.\n\n**Context.** Users choose. More.", "Users choose."],
  ])("%j as %j", (text, sentence) => {
    const page = { text: "Tools", route: "guides/tools", markdown: `# Tools\n\n${text}` };
    expect(llmsIndex([page])).toContain(`- [Tools](/guides/tools.md): ${sentence}\n`);
  });
});
