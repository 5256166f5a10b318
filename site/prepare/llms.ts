/** A page for `llms.txt`. */
export interface TextPage {
  readonly text: string;
  readonly route: string;
  readonly markdown: string;
}

/**
 * The file `llms.txt`: the pages with their first sentence, for programs that read the documentation.
 *
 * @see https://llmstxt.org
 */
export function llmsIndex(pages: readonly TextPage[]): string {
  const lines = pages.map(
    ({ text, route, markdown }) => `- [${text}](/${route}.md): ${firstSentence(markdown)}`,
  );
  return [
    "# axio",
    "",
    "> An agent core for TypeScript, and transports that run it on a ChatGPT subscription or with an API key.",
    "",
    "## Pages",
    "",
    ...lines,
    "",
  ].join("\n");
}

/** The file `llms-full.txt`: all pages. */
export function llmsFull(pages: readonly TextPage[]): string {
  return pages.map(({ route, markdown }) => `<!-- /${route} -->\n\n${markdown.trim()}\n`).join("\n\n");
}

function firstSentence(markdown: string): string {
  const paragraph =
    markdown
      .replaceAll(/^```[\s\S]*?^```$/gm, "")
      .split(/\n{2,}/)
      // The status of a decision says nothing about it.
      .find((part) => /^[A-Z`[*]/.test(part) && !part.startsWith("Status:")) ?? "";
  const plain = paragraph
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("\n", " ")
    .replace(/^\*\*(?:Context|Decision)\.\*\* /, "");
  const sentence = /^.*?\.(?=\s|$)/.exec(plain)?.[0] ?? plain;
  // A list or a block of code may follow, which is not quoted.
  return sentence.replace(/:$/, ".");
}
