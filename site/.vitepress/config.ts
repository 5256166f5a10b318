import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";

const sidebar: DefaultTheme.SidebarItem[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", ".pages", "sidebar.json"), "utf8"),
);

export default defineConfig({
  title: "axio",
  description: "An agent core for TypeScript, and transports for ChatGPT subscriptions and API keys.",
  lang: "en",
  srcDir: ".pages",
  // These are the same pages as files, for programs.
  srcExclude: ["public/**"],
  outDir: ".dist",
  cleanUrls: true,
  // A link to a page that does not exist fails the build.
  ignoreDeadLinks: false,
  themeConfig: {
    nav: [
      { text: "Get started", link: "/start/get-started" },
      { text: "Guides", link: "/guides/tools" },
      { text: "Reference", link: "/reference/options" },
      { text: "Packages", link: "/packages/axio" },
    ],
    sidebar: sidebar.map((group) => ({
      ...group,
      collapsed: group.text !== "Start" && group.text !== "Guides",
    })),
    outline: { level: [2, 3] },
    search: { provider: "local" },
  },
});
