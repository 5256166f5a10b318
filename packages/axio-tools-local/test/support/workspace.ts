import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Agent, type JsonValue, MemoryContextStore, type Tool, type ToolResultBlock } from "axio";
import type { Permission, PermissionQuestion } from "axio/plugin";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { onTestFinished } from "vitest";
import { localTools } from "../../src/index.ts";

/** A folder with files in it, beside one that must not be reached. Gone after the test. */
export interface Workspace {
  readonly folder: string;
  readonly outside: string;
}

export async function workspace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "axio-tools-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [folder, outside] = [join(root, "inside"), join(root, "outside")];
  await mkdir(folder);
  await mkdir(outside);
  await writeFile(join(outside, "secret.txt"), "a secret\n");
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, outside };
}

/** The answer to a call, and what was shown while it ran. */
export interface Outcome {
  readonly text: string;
  readonly isError: boolean;
  readonly shown: string;
  readonly result: ToolResultBlock;
}

/** Someone who writes down what they are asked. */
export function person(answer: Permission | (() => Permission | Promise<Permission>) = { allowed: true }): {
  readonly asked: PermissionQuestion[];
  readonly ask: (question: PermissionQuestion) => Promise<Permission>;
} {
  const asked: PermissionQuestion[] = [];
  const ask = async (question: PermissionQuestion): Promise<Permission> => {
    asked.push(question);
    return typeof answer === "function" ? answer() : answer;
  };
  return { asked, ask };
}

/** Has an agent make calls at the same time. */
export async function callAll(
  tools: readonly Tool[],
  calls: readonly (readonly [name: string, input: JsonValue])[],
  options: { readonly signal?: AbortSignal; readonly onShown?: (shown: string) => void } = {},
): Promise<readonly Outcome[]> {
  const { signal, onShown } = options;
  const uses = calls.map(([name, input], index) => toolUse(`call-${index}`, name, input));
  const transport = new ScriptedTransport([toolAnswer(...uses), textAnswer("Done.")]);
  const shown = new Map<string, string>();
  const results = new Map<string, ToolResultBlock>();
  const stream = new Agent({ transport, tools }).runStream("Go.", new MemoryContextStore(), {
    ...(signal && { signal }),
  });
  for await (const event of stream) {
    if (event.type === "tool-output-delta") {
      const all = (shown.get(event.toolUseId) ?? "") + event.delta;
      shown.set(event.toolUseId, all);
      onShown?.(all);
    }
    if (event.type === "tool-result") results.set(event.result.toolUseId, event.result);
  }
  return uses.map(({ id }) => {
    const result = results.get(id);
    if (result === undefined) throw new Error(`There is no result of ${id}.`);
    const text = typeof result.content === "string" ? result.content : JSON.stringify(result.content);
    return { text, isError: result.isError === true, shown: shown.get(id) ?? "", result };
  });
}

/** Has an agent make one call. */
export async function call(tools: readonly Tool[], name: string, input: JsonValue): Promise<Outcome> {
  const [outcome] = await callAll(tools, [[name, input]]);
  if (outcome === undefined) throw new Error("There is no result.");
  return outcome;
}

/** Has an agent make one call in a folder where everything is allowed. */
export function callIn(folder: string, name: string, input: JsonValue): Promise<Outcome> {
  return call(localTools({ folder, ask: async () => ({ allowed: true }) }), name, input);
}

/** Whether a process runs. One that has ended and that nobody has looked after does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
