import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { EXIT, escapeLine } from "axio-cli/internal";
import { openCommandSettings } from "../host/environment.ts";
import type { CommandContext } from "../host/io.ts";
import { type OpenedFolder, openFolder } from "../host/open-folder.ts";
import { describeItems, shown } from "../trust/describe-items.ts";
import type { Invocation } from "./read-arguments.ts";
import { forgetAnswers, storeAnswer } from "./trust.ts";

/** `axio trust`: lists what a folder brings and what the user trusts, trusts it, or forgets all answers about it. */
export async function runTrust(
  { action, json, folder = "." }: Extract<Invocation, { readonly command: "trust" }>,
  { io, out, err }: CommandContext,
): Promise<number> {
  const directory = resolve(io.cwd, folder);
  const { settings, mistakes } = await openCommandSettings();
  for (const { message } of mistakes) await err.line(escapeLine(message));
  if (action === "revoke") {
    // The folder may be gone.
    const path = await realpath(directory).catch(() => directory);
    const had = await forgetAnswers(path, settings);
    if (json) await out.line(JSON.stringify({ folder: path, revoked: had }, null, 2));
    else
      await out.line(
        had
          ? `Nothing of ${shown(path)} is trusted any more.`
          : `There was no answer about ${shown(path)}. Nothing of it is trusted.`,
      );
    return EXIT.ok;
  }
  let opened = await openFolder(io, directory, settings);
  if (action === "grant") {
    const items = opened.decided.map(({ item }) => item);
    if (items.length > 0) await storeAnswer(opened.contents.folder, items, true, settings);
    opened = await openFolder(io, directory, settings);
  }
  const others = Object.keys(settings.current.trust).filter((path) => path !== opened.contents.folder);
  if (json) await out.line(JSON.stringify(toJson(opened, others), null, 2));
  else await out.line(toLines(opened, others).join("\n"));
  return EXIT.ok;
}

function toJson({ contents, decided }: OpenedFolder, others: readonly string[]): object {
  return {
    folder: contents.folder,
    items: decided.map(({ item, state }) => ({ ...item, state })),
    unusable: contents.refused,
    otherFolders: others,
  };
}

function toLines({ contents, decided }: OpenedFolder, others: readonly string[]): readonly string[] {
  const folder = shown(contents.folder);
  const isAllTrusted = decided.every(({ state }) => state === "trusted");
  return [
    decided.length === 0 ? `The folder ${folder} brings nothing.` : `The folder ${folder} brings:`,
    ...describeItems(decided, { isShort: false, showsState: true }),
    ...contents.refused.map(({ place, problem }) => `  ! ${shown(place)} is never used: ${problem}.`),
    ...(isAllTrusted ? [] : ["", "Only what is trusted is used. axio trust grant trusts all of it."]),
    ...(others.length === 0 ? [] : ["", "Answers about other folders (axio trust revoke -C FOLDER):"]),
    ...others.map((path) => `  ${shown(path)}`),
  ];
}
