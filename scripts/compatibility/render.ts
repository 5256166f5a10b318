import type { Evidence } from "./evidence.ts";
import type { BundlerResult, Results } from "./results.ts";
import type { RuntimeResult } from "./runtime-results.ts";

/** The facts of the page. */
export interface Facts {
  readonly results: Results;
  readonly runtimeResults: readonly RuntimeResult[];
  readonly frameworks: readonly (Evidence & { readonly version: string })[];
  readonly browser: Omit<Evidence, "package">;
}

/** The transports in the results of bundlers, as the page names them. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  openai: "OpenAI",
  anthropic: "Claude",
  codex: "Codex",
  webSocket: "WebSocket",
};

/** Returns the page. It names only what a check covers. */
export function renderCompatibility({ results, runtimeResults, frameworks, browser }: Facts): string {
  return `# Compatibility

Which runtimes, bundlers and frameworks are tested, with which versions. This page is made from the checks: \`npm run compatibility\` writes it, and a test compares it with them. What it does not name may work, but no check covers it.

## Runtimes

\`npm run test:runtimes\` installs the packed packages like a user, and runs these programs on each runtime. CI runs it, too. [Limits of each runtime](runtimes.md)

${runtimeTable(runtimeResults)}

In ${browser.name}, \`${browser.file}\` runs ${browser.feature}. [How to use them](../packages/axio-transport-openai/README.md#browsers-and-edge-runtimes)

## Bundlers

\`npm run check:bundlers\` installs the packed packages into an empty folder, bundles an app without settings for axio but those that a row names, and runs the bundle: an agent with a tool, over each transport. For a server these are the transports with a sign-in, and a WebSocket; for browsers and workerd those of \`/edge\`. Results of ${results.date}, with Node.js ${results.node}:

| Bundler | Version | OpenAI | Claude | Codex | WebSocket |
| --- | --- | --- | --- | --- | --- |
${results.bundlers.map(bundlerRow).join("\n")}

${limitsOf(results.bundlers)}

## Frameworks and clients

| Framework | Version | Features | Test |
| --- | --- | --- | --- |
${frameworks.map(({ name, version, feature, file }) => `| ${name} | ${version} | ${feature} | \`${file}\` |`).join("\n")}
`;
}

function runtimeTable(runtimes: readonly RuntimeResult[]): string {
  const titles = runtimes.map(({ name, version }) => {
    const runtime = name.startsWith("node-") ? "Node.js" : name === "bun" ? "Bun" : "Deno";
    return `${runtime} ${version}`;
  });
  const cases = [...new Set(runtimes.flatMap(({ passed, failed }) => [...passed, ...failed]))];
  const rows = cases.map((name) => {
    const cells = runtimes.map(({ passed }) => (passed.includes(name) ? "yes" : "no"));
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [
    `| Program | ${titles.join(" | ")} |`,
    `| --- |${" --- |".repeat(titles.length)}`,
    `| Day of the run | ${runtimes.map(({ date }) => date).join(" | ")} |`,
    ...rows,
  ].join("\n");
}

function bundlerRow({ name, version, transports, limits }: BundlerResult): string {
  const cells = Object.keys(TRANSPORTS).map((transport) =>
    transports.includes(transport) ? "yes" : transport in limits ? "no" : "–",
  );
  return `| ${name} | ${version} | ${cells.join(" | ")} |`;
}

function limitsOf(bundlers: readonly BundlerResult[]): string {
  const lines = bundlers.flatMap(({ name, limits }) =>
    Object.entries(limits).map(
      ([transport, reason]) => `- ${name}, ${TRANSPORTS[transport] ?? transport}: ${reason}.`,
    ),
  );
  return lines.length === 0 ? "Everything works." : lines.join("\n");
}
