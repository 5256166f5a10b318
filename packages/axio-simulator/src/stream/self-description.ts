import type { OfferedTool } from "./offered-tools.ts";
import type { Section } from "./script.ts";

/** The response to a prompt without directives, which explains how to use them. */
export function selfDescription(prompt: string, tools: readonly OfferedTool[]): Section {
  const names = tools.slice(0, 5).map(({ name }) => name);
  const example =
    names[0] === undefined
      ? ""
      : `\nTools offered to me: ${names.join(", ")}${tools.length > 5 ? ", …" : ""}. A line such as \`call ${names[0]} {}\` calls one.`;
  return [
    { kind: "think", text: "**Reading the prompt**\n\nIt has no directive, so I say what I am." },
    {
      kind: "say",
      text: `I am the Codex simulator, not a model, so I cannot answer that. You wrote: ${JSON.stringify(shorten(prompt))}\nA line such as \`say Hello\` in the prompt tells me what to answer.${example}`,
    },
  ];
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= 200 ? text : `${characters.slice(0, 200).join("")}…`;
}
