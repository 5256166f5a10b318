import { SERVERS } from "../../src/index.ts";
import { SECTIONS } from "./sentences.ts";

/** Draws docs/servers.md. */
export function drawServersPage(): string {
  const sections = SECTIONS.map(({ server, title, sentences }) => {
    const facts = server === undefined ? [] : [factsOf(server), ""];
    return [`## ${title}`, "", ...facts, ...sentences.map(({ text }) => `- ${text}`)].join("\n");
  });
  return `# Servers

The servers that [axio-transport-openai](../packages/axio-transport-openai) has presets for, what is particular to each, and what is done about it. Each sentence in a list has a test, which also writes this page: \`npx vitest run packages/axio-transport-openai/test/servers.test.ts -u\`. What other clients make of the same streams: [chat-streams.md](chat-streams.md).

${sections.join("\n\n")}
`;
}

function factsOf(server: keyof typeof SERVERS): string {
  const { id, baseUrl, key, api } = SERVERS[server];
  const where = baseUrl === undefined ? "an address of your own" : `\`${baseUrl}\``;
  const keys = key.variables.map((variable) => `\`${variable}\``).join(" or ");
  return `\`${id}\`: ${where}, ${api === "chat" ? "Chat Completions" : "Responses API"}, key in ${keys}${key.isOptional ? " (optional)" : ""}.`;
}
