import { type Comment, type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** The interfaces of a project that `isWanted`, as Markdown: a heading, its summary, and a table of its members. */
export function interfaceTables(
  project: ProjectReflection,
  isWanted: (candidate: DeclarationReflection) => boolean,
): string {
  const found = project
    .getReflectionsByKind(ReflectionKind.Interface)
    .filter((reflection): reflection is DeclarationReflection => reflection.isDeclaration())
    .filter((reflection) => reflection.parent !== undefined && isWanted(reflection));
  // Packages have interfaces with the same name.
  const byName = new Map(
    found.map((reflection) => [`${packageOf(reflection)} ${reflection.name}`, reflection]),
  );
  return [...byName.values()]
    .toSorted(
      (left, right) => packageOf(left).localeCompare(packageOf(right)) || left.name.localeCompare(right.name),
    )
    .map(tableOf)
    .join("\n\n");
}

function tableOf(reflection: DeclarationReflection): string {
  const rows = (reflection.children ?? []).map(
    (member) =>
      `| \`${member.name}${member.flags.isOptional ? "?" : ""}\` | ${code(String(member.type ?? "method"))} | ${summaryOf(member.comment ?? member.signatures?.[0]?.comment)} |`,
  );
  return [
    `## ${reflection.name} {#${packageOf(reflection)}-${reflection.name.toLowerCase()}}`,
    "",
    `\`${packageOf(reflection)}\`. ${summaryOf(reflection.comment)}`,
    "",
    "| Member | Type | Description |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function packageOf(reflection: DeclarationReflection): string {
  return (reflection.parent?.name ?? "").replace(/\/src$/, "");
}

function summaryOf(comment: Comment | undefined): string {
  const text = (comment?.summary ?? []).map((part) => part.text).join("");
  return escapeCell(text.replaceAll(/\s+/g, " ").trim());
}

function code(type: string): string {
  return `\`${escapeCell(type)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
