/** A page of the site: its title in the navigation, and the Markdown file that it is made from, relative to the repository. */
export interface NavigationPage {
  readonly text: string;
  readonly source: string;
}

/** A section of the navigation. */
export interface NavigationSection {
  readonly text: string;
  /** The folder of its pages in the address. */
  readonly folder: string;
  readonly pages: readonly NavigationPage[];
}

const doc = (text: string, name: string): NavigationPage => ({ text, source: `docs/${name}.md` });
const guide = (text: string, name: string): NavigationPage => doc(text, `guides/${name}`);

/** The pages in the order of the navigation. A test expects every page of `docs` here. */
export const NAVIGATION: readonly NavigationSection[] = [
  {
    text: "Start",
    folder: "start",
    pages: [
      { text: "Overview", source: "README.md" },
      guide("Get started", "get-started"),
      doc("Sign in", "sign-in"),
      doc("Sign in with ChatGPT", "sign-in-with-chatgpt"),
      doc("Terms of the sign-ins", "terms"),
      { text: "Changes", source: "CHANGELOG.md" },
    ],
  },
  {
    text: "Guides",
    folder: "guides",
    pages: [
      doc("Tools", "tools"),
      guide("Structured output", "structured-output"),
      doc("Images and files", "content"),
      doc("Web servers", "server"),
      guide("Many users", "many-users"),
      doc("Many machines", "many-machines"),
      doc("Scripts and CI", "scripts"),
      guide("Custom parts", "custom-parts"),
      guide("Testing", "testing"),
      guide("Behind a proxy", "proxy"),
      guide("Deployment", "deployment"),
      doc("Traces and metrics", "observability"),
      guide("Switch from another library", "switching"),
      doc("Security", "security"),
    ],
  },
  {
    text: "Providers",
    folder: "providers",
    pages: [doc("OpenAI and compatible servers", "servers"), doc("Claude", "anthropic")],
  },
  {
    text: "Adapters",
    folder: "adapters",
    pages: [
      doc("openai client", "openai-client"),
      doc("AI SDK", "ai-sdk"),
      doc("OpenAI Agents SDK", "agents-sdk"),
      doc("Gateway", "gateway"),
      doc("Editors", "editors"),
      doc("MCP server", "mcp-server"),
      doc("RPC", "rpc"),
      doc("Plugins", "plugins"),
    ],
  },
  {
    text: "Reference",
    folder: "reference",
    pages: [
      doc("Errors", "errors"),
      doc("Schemas", "schemas"),
      doc("Runtimes", "runtimes"),
      doc("Compatibility", "compatibility"),
      doc("Benchmarks", "benchmarks"),
      doc("Streams compared", "chat-streams"),
      doc("Claude compared", "anthropic-parity"),
      doc("Official CLI compared", "wire-parity"),
    ],
  },
  {
    text: "Project",
    folder: "project",
    pages: [
      { text: "Contributing", source: "CONTRIBUTING.md" },
      doc("Architecture", "architecture"),
      doc("Glossary", "glossary"),
    ],
  },
];
