import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A block of TypeScript in a Markdown file. */
export interface CodeBlock {
  /** The file, relative to the root. */
  readonly file: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether it is run, and not only compiled (`ts no-run`). */
  readonly isRun: boolean;
}

/** The blocks of all README files and of `docs`. */
export function findCodeBlocks(root: string): readonly CodeBlock[] {
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md"));
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));
  return ["README.md", ...packages, ...docs].flatMap((file) =>
    parseCodeBlocks(file, readFile(join(root, file))),
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parseCodeBlocks(file: string, markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of markdown.matchAll(/^```(?:ts|typescript)(?<info>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm)) {
    const { info = "", code = "" } = match.groups ?? {};
    const line = markdown.slice(0, match.index).split("\n").length;
    blocks.push({ file, line, code, isRun: !info.includes("no-run") });
  }
  return blocks;
}
