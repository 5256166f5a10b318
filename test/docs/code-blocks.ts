import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A TypeScript block in a Markdown file or TSDoc comment. */
export interface CodeBlock {
  /** Relative to the root. */
  readonly file: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether it is also run; `ts no-run` blocks are only compiled. */
  readonly isRun: boolean;
}

/** Finds the blocks of all README files and of `docs`. */
export function findCodeBlocks(root: string): readonly CodeBlock[] {
  const readmes = readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md"));
  const docs = listFiles(root, "docs").filter((name) => name.endsWith(".md"));
  return ["README.md", ...readmes.filter((file) => existsSync(join(root, file))), ...docs].flatMap((file) =>
    parseCodeBlocks(file, readFileSync(join(root, file), "utf8")),
  );
}

/**
 * Finds the examples in the TSDoc of the packages. They are only compiled. An example without imports sees the exports of its
 * own file; one with imports must import everything except the names of the prelude.
 */
export function findTsdocExamples(root: string): readonly CodeBlock[] {
  return readdirSync(join(root, "packages"))
    .filter((name) => name !== "test-support")
    .flatMap((name) => listFiles(root, join("packages", name, "src")))
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(root, file), "utf8");
      return parseCodeBlocks(file, commentText(source)).map((block) => ({
        ...block,
        isRun: false,
        // After the example, so that the compiler's line numbers start at the fence.
        code: /^import /m.test(block.code) ? block.code : `${block.code}\n${importOwn(root, file, source)}`,
      }));
    });
}

function listFiles(root: string, directory: string): readonly string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: "utf8" }).map((name) =>
    join(directory, name),
  );
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

/** Returns the text of the comments, with unchanged line numbers. */
function commentText(source: string): string {
  return source
    .split("\n")
    .map((line) => /^\s*\* ?(?<text>.*)$/.exec(line)?.groups?.["text"] ?? "")
    .join("\n");
}

function importOwn(root: string, file: string, source: string): string {
  const exported = source.matchAll(/^export (?:async )?(?:function\*?|class|const) (?<name>\w+)/gm);
  const names = [...exported].map((match) => match.groups?.["name"]);
  return `import { ${names.join(", ")} } from ${JSON.stringify(join(root, file))};`;
}
