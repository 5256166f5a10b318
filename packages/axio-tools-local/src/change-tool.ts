import type { Guard, JsonObject, Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import { changeDiff } from "./change-diff.ts";
import { inFileQueue } from "./file-queue.ts";
import type { Folder, Place } from "./folder.ts";
import { refusal } from "./local-error.ts";
import { replaceFile } from "./replace-file.ts";
import { encodeTextFile, readTextFile, type TextFile } from "./text-file.ts";
import { typedTool } from "./typed-tool.ts";
import { visible } from "./visible.ts";

/** What makes a tool that changes a file. */
export interface ChangeToolOptions<Input extends { readonly path: string }> {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
  readonly folder: Folder;
  readonly ask: PluginHost["requestPermission"];
  /** What the file is to hold. Throws what the model has to know where the change cannot be made. */
  readonly change: (input: Input, before: TextFile | undefined, place: Place) => TextFile;
  /** Whether the change depends on nothing but what was shown: a file that was changed since must be looked at again. */
  readonly needsShownFile: boolean;
  /** What was done, for the model. */
  readonly report: (input: Input, before: TextFile | undefined, place: Place) => string;
}

/** What the guard saw, for the call that it let pass. */
type Preview = { readonly error: unknown } | { readonly before: TextFile | undefined };

/** Makes a tool that changes a file, and a guard that shows the change and asks. */
export function changeTool<Input extends { readonly path: string }>(options: ChangeToolOptions<Input>): Tool {
  const { name, description, parameters, folder, ask, change, needsShownFile, report } = options;
  // By the signal, which each call has for itself.
  const previews = new WeakMap<AbortSignal, Preview>();

  const plan = async (
    input: Input,
    place: Place,
  ): Promise<{ readonly before: TextFile | undefined; readonly after: TextFile }> => {
    assertChangeable(place);
    const before = await readTextFile(folder, place);
    return { before, after: change(input, before, place) };
  };

  const guard: Guard = async ({ input: json, signal }) => {
    const input = json as unknown as Input;
    let place: Place;
    let planned: Awaited<ReturnType<typeof plan>>;
    try {
      place = await folder.locate(input.path);
      planned = await plan(input, place);
    } catch (error) {
      // Nothing will be done, so there is nothing to ask. The tool tells the model why.
      previews.set(signal, { error });
      return { action: "allow" };
    }
    const { before, after } = planned;
    previews.set(signal, { before });
    if (needsShownFile && isSame(before, after)) return { action: "allow" };
    const answer = await ask({
      title: `${before === undefined ? "Create" : "Change"} ${visible(place.name)}`,
      detail: { type: "diff", path: place.name, diff: changeDiff(place.name, before, after) },
      key: "write",
      scopeDescription: "all changes to files in this folder",
      signal,
    });
    if (answer.allowed) return { action: "allow" };
    return { action: "deny", reason: answer.reason ?? "The person does not want this change." };
  };

  return typedTool<Input>({
    name,
    description,
    inputSchema: parameters,
    guards: [guard],
    execute: async (input, { signal, emit }) => {
      const preview = previews.get(signal);
      if (preview !== undefined && "error" in preview) throw preview.error;
      const place = await folder.locate(input.path);
      return inFileQueue(place.path, async () => {
        signal.throwIfAborted();
        const { before, after } = await plan(input, place);
        if (needsShownFile && preview !== undefined && !isSame(preview.before, before)) {
          throw refusal(`${place.name} was changed in the meantime. Read it again, then decide.`);
        }
        if (isSame(before, after)) return `${place.name} holds this already.`;
        await replaceFile(folder, place, encodeTextFile(after));
        emit(changeDiff(place.name, before, after));
        return report(input, before, place);
      });
    },
  });
}

function isSame(a: TextFile | undefined, b: TextFile | undefined): boolean {
  return a?.text === b?.text && a?.mark === b?.mark;
}

/** What is in `.git` decides which programs Git starts. */
function assertChangeable(place: Place): void {
  if (place.parts.some((part) => part.toLowerCase() === ".git")) {
    throw refusal(`${place.name} belongs to Git itself. Use git for it.`);
  }
}
