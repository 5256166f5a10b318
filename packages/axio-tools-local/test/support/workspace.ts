import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonValue } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";
import { callTool, type Outcome } from "test-support/call-tools";
import { onTestFinished } from "vitest";
import { localTools } from "../../src/index.ts";

/** A directory with files, next to one that must stay inaccessible. Deleted after the test. */
export interface Workspace {
  readonly directory: string;
  readonly outside: string;
}

export async function workspace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "axio-tools-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [directory, outside] = [join(root, "inside"), join(root, "outside")];
  await mkdir(directory);
  await mkdir(outside);
  await writeFile(join(outside, "secret.txt"), "a secret\n");
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return { directory, outside };
}

/** Answers permission requests and records them. */
export function scriptedUser(
  permission: Permission | (() => Permission | Promise<Permission>) = { allowed: true },
): {
  readonly requests: PermissionRequest[];
  readonly requestPermission: (request: PermissionRequest) => Promise<Permission>;
} {
  const requests: PermissionRequest[] = [];
  const requestPermission = async (request: PermissionRequest): Promise<Permission> => {
    requests.push(request);
    return typeof permission === "function" ? permission() : permission;
  };
  return { requests, requestPermission };
}

/** Makes one tool call in a directory. Every permission is granted, and commands run without a sandbox. */
export function callIn(directory: string, name: string, input: JsonValue): Promise<Outcome> {
  const requestPermission = async () => ({ allowed: true }) as const;
  return callTool(localTools({ directory, requestPermission, sandbox: "off" }), name, input);
}
