import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { isJsonObject, type JsonValue } from "axio";
import { type ParseError, parse } from "jsonc-parser";
import type { FolderContents, FolderFile, GitContents, McpFile, PackageContents } from "./folder-contents.ts";
import { type FolderItem, ITEM_KINDS, type ItemKind } from "./folder-item.ts";

/** Returns everything that a folder brings, the most dangerous first. Does no I/O. */
export function takeInventory(
  contents: FolderContents,
  packages: readonly PackageContents[],
): readonly FolderItem[] {
  const { folder, instructions, settings, mcp, commands, git } = contents;
  const items: FolderItem[] = [
    ...packages.map((pack) => packageItem(folder, pack)),
    ...mcp.map(mcpItem),
    ...(git === undefined || (git.settings.length === 0 && git.files.length === 0) ? [] : [gitItem(git)]),
    ...(settings === undefined ? [] : [fileItem("settings", settings, settingsDetails(settings.text))]),
    ...instructions.map((file) => fileItem("instructions", file, [sizeOf(file.text)])),
    ...commands.map((file) => fileItem("command", file, [])),
  ];
  return items.sort((left, right) => ITEM_KINDS.indexOf(left.kind) - ITEM_KINDS.indexOf(right.kind));
}

/** Returns a path relative to a folder with `/`, or the absolute path if it is not inside. */
export function placeIn(folder: string, path: string): string {
  const inside = relative(folder, path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return path;
  return inside.split(sep).join("/");
}

/** Returns the hash of several texts, in which no text can pass for a part of another one. */
export function hashTexts(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest("hex");
}

/** Returns a package with plugins as an item that the folder brings. */
export function packageItem(folder: string, pack: PackageContents): FolderItem {
  const { packageName, packageVersion, packageDir, plugins, hash } = pack;
  return {
    kind: "plugin",
    place: placeIn(folder, packageDir),
    details: [`${packageName} ${packageVersion}`.trim(), ...plugins],
    hash: hashTexts([packageName, ...plugins, hash]),
  };
}

function mcpItem({ place, text, programs }: McpFile): FolderItem {
  return {
    kind: "mcp",
    place,
    details: [...serverDetails(text), ...programs.map((program) => `uses ${program.place}`)],
    hash: hashTexts([text, ...programs.flatMap((program) => [program.place, program.text])]),
  };
}

function gitItem({ place, settings, files }: GitContents): FolderItem {
  const names = settings.map(({ name, value }) => `${name} = ${value}`);
  return {
    kind: "git",
    place,
    details: [...names, ...files.map((file) => file.place)],
    hash: hashTexts([...names, "", ...files.flatMap((file) => [file.place, file.text])]),
  };
}

function fileItem(kind: ItemKind, { place, text }: FolderFile, details: readonly string[]): FolderItem {
  return { kind, place, details, hash: hashTexts([text]) };
}

function sizeOf(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n").length;
  return `${lines} ${lines === 1 ? "line" : "lines"} for the model`;
}

function settingsDetails(text: string): readonly string[] {
  const document = parseJson(text);
  return isJsonObject(document)
    ? Object.entries(document).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    : ["not valid JSON"];
}

function serverDetails(text: string): readonly string[] {
  return namedServers(text).map(({ name, server }) => {
    const { command, args, url } = server;
    if (url !== undefined) return `${name}: ${words([url])}`;
    return `${name}: ${words([command, ...(Array.isArray(args) ? args : [])])}`;
  });
}

/** A member of `mcpServers`. */
export interface NamedServer {
  readonly name: string;
  readonly server: Readonly<Record<string, JsonValue>>;
}

/** Returns the servers of a configuration file; none if it is not valid. */
export function namedServers(text: string): readonly NamedServer[] {
  const document = parseJson(text);
  const servers = isJsonObject(document) ? document["mcpServers"] : undefined;
  if (!isJsonObject(servers)) return [];
  return Object.entries(servers).flatMap(([name, server]) =>
    isJsonObject(server) ? [{ name, server }] : [],
  );
}

function words(values: readonly (JsonValue | undefined)[]): string {
  return values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(" ");
}

function parseJson(text: string): JsonValue | undefined {
  const errors: ParseError[] = [];
  const document: JsonValue | undefined = parse(text.replace(/^\uFEFF/, " "), errors, {
    allowTrailingComma: true,
  });
  return errors.length > 0 ? undefined : document;
}
