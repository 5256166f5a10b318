import { defineTool, type Guard, type Tool, type TypedJsonSchema } from "axio";
import type { PluginHost } from "axio/plugin";
import { escapeControl } from "./escape-control.ts";
import { inFileQueue } from "./file-queue.ts";
import { replaceFile } from "./replace-file.ts";
import { encodeTextFile, readTextFile, type TextFile } from "./text-file.ts";
import { toolError } from "./tool-error.ts";
import { unifiedDiff } from "./unified-diff.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

/** A change of a file that was made. */
export interface Change {
  /** `undefined` if the file is new. */
  readonly before: TextFile | undefined;
  readonly after: TextFile;
  readonly location: Location;
}

/** Describes a tool that changes one file. */
export interface ChangeToolOptions<Input extends { readonly path: string }> {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: TypedJsonSchema<Input>;
  readonly directory: WorkingDirectory;
  readonly requestPermission: PluginHost["requestPermission"];
  /** Returns the new content. Throws an error for the model if the change is impossible. */
  readonly change: (input: Input, before: TextFile | undefined, location: Location) => TextFile;
  /** Whether to refuse the change if the file has changed since the diff was shown. */
  readonly needsUnchangedFile: boolean;
  /** Returns the tool result. */
  readonly report: (input: Input, change: Change) => string;
}

/** The state that the guard saw when it allowed the call. */
type Preview =
  | { readonly error: unknown }
  | { readonly before: TextFile | undefined; readonly location: Location };

/** Creates a tool that changes a file, with a guard that shows the diff and requests permission. */
export function changeTool<Input extends { readonly path: string }>(options: ChangeToolOptions<Input>): Tool {
  const { name, description, inputSchema, directory, requestPermission } = options;
  const { change, needsUnchangedFile, report } = options;
  // Each call has its own signal.
  const previews = new WeakMap<AbortSignal, Preview>();

  const plan = async (
    input: Input,
    location: Location,
  ): Promise<{ readonly before: TextFile | undefined; readonly after: TextFile }> => {
    assertChangeable(location);
    const before = await readTextFile(directory, location);
    return { before, after: change(input, before, location) };
  };

  const guard: Guard<Input> = async ({ input, toolCallId, signal }) => {
    let location: Location;
    let planned: Awaited<ReturnType<typeof plan>>;
    try {
      location = await directory.locate(input.path);
      planned = await plan(input, location);
    } catch (error) {
      // The call will fail without changing anything, so no permission is needed.
      previews.set(signal, { error });
      return { action: "allow" };
    }
    const { before, after } = planned;
    previews.set(signal, { before, location });
    if (needsUnchangedFile && isSame(before, after)) return { action: "allow" };
    const permission = await requestPermission({
      title: `${before === undefined ? "Create" : "Change"} ${escapeControl(location.name)}`,
      detail: { type: "diff", path: location.name, diff: unifiedDiff(location.name, before, after) },
      subject: { type: "write", path: location.name },
      key: "write",
      scopeDescription: "all changes to files in this folder",
      toolCallId,
      signal,
    });
    if (permission.allowed) return { action: "allow" };
    return { action: "deny", reason: permission.reason ?? "The user denied this change." };
  };

  return defineTool({
    name,
    description,
    inputSchema,
    guards: [guard],
    execute: async (input, { signal, emit }) => {
      const preview = previews.get(signal);
      if (preview !== undefined && "error" in preview) throw preview.error;
      const location = await directory.locate(input.path);
      // A link on the way may have been replaced while the user read the question.
      if (preview !== undefined && preview.location.path !== location.path) {
        throw toolError(
          `${input.path} leads to ${location.name} now, but the user allowed a change of ${preview.location.name}. Nothing was changed. Request the change again.`,
        );
      }
      return inFileQueue(location.path, async () => {
        signal.throwIfAborted();
        const { before, after } = await plan(input, location);
        if (needsUnchangedFile && preview !== undefined && !isSame(preview.before, before)) {
          throw toolError(`${location.name} has changed in the meantime. Read it again before changing it.`);
        }
        if (isSame(before, after)) return `${location.name} already has this content.`;
        await replaceFile(directory, location, encodeTextFile(after));
        emit(unifiedDiff(location.name, before, after));
        return report(input, { before, after, location });
      });
    },
  });
}

function isSame(a: TextFile | undefined, b: TextFile | undefined): boolean {
  return a?.text === b?.text && a?.hasByteOrderMark === b?.hasByteOrderMark;
}

/** The files in `.git` can make Git run programs. */
function assertChangeable(location: Location): void {
  if (location.parts.some((part) => part.toLowerCase() === ".git")) {
    throw toolError(`${location.name} belongs to Git. Use git commands to change it.`);
  }
}
