/** A command that a Markdown file defines: `/name` sends its text. */
export interface CustomCommand {
  readonly name: string;
  readonly description: string;
  /** The syntax of the argument, for the help. */
  readonly argument?: string | undefined;
  /** The prompt. `$ARGUMENTS` stands for what the user types after the name. */
  readonly template: string;
  /** The source: the user's own folder, or the working folder. */
  readonly origin: "user" | "folder";
}

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Returns the name of the command that a file defines: `review` of `review.md`. `undefined` if it is not a command. */
export function commandName(file: string): string | undefined {
  const name = file.endsWith(".md") ? file.slice(0, -3).toLowerCase() : "";
  return NAME.test(name) ? name : undefined;
}

/**
 * Reads a command from Markdown, with `description` and `argument-hint` in an optional front matter. Without a description, the
 * first line of the text describes it.
 */
export function readCommand(name: string, text: string, origin: CustomCommand["origin"]): CustomCommand {
  const clean = text.replace(/^\uFEFF/, "");
  const head = FRONT_MATTER.exec(clean);
  const members = new Map(
    (head?.[1] ?? "").split(/\r?\n/).flatMap((line): readonly (readonly [string, string])[] => {
      const match = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
      return match === null ? [] : [[match[1] ?? "", unquoted(match[2] ?? "")]];
    }),
  );
  const template = clean.slice(head?.[0].length ?? 0).trim();
  const firstLine = (template.split("\n").find((line) => line.trim() !== "") ?? "")
    .replace(/^#+\s*/, "")
    .trim();
  return {
    name,
    description: members.get("description") || firstLine,
    argument: members.get("argument-hint") || (template.includes("$ARGUMENTS") ? "[text]" : undefined),
    template,
    origin,
  };
}

/** Returns the prompt of a command. Without `$ARGUMENTS` in it, the argument follows the text. */
export function expandCommand({ template }: CustomCommand, argument: string): string {
  if (template.includes("$ARGUMENTS")) return template.replaceAll("$ARGUMENTS", () => argument);
  return argument === "" ? template : `${template}\n\n${argument}`;
}

function unquoted(value: string): string {
  return /^(["'])([\s\S]*)\1$/.exec(value)?.[2] ?? value;
}
