import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonValue } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";
import { callTool, type Outcome } from "test-support/call-tools";
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

/** Someone who writes down what they are asked. */
export function person(answer: Permission | (() => Permission | Promise<Permission>) = { allowed: true }): {
  readonly asked: PermissionRequest[];
  readonly ask: (question: PermissionRequest) => Promise<Permission>;
} {
  const asked: PermissionRequest[] = [];
  const ask = async (question: PermissionRequest): Promise<Permission> => {
    asked.push(question);
    return typeof answer === "function" ? answer() : answer;
  };
  return { asked, ask };
}

/** Has an agent make one call in a folder where everything is allowed. */
export function callIn(folder: string, name: string, input: JsonValue): Promise<Outcome> {
  return callTool(localTools({ folder, ask: async () => ({ allowed: true }) }), name, input);
}
