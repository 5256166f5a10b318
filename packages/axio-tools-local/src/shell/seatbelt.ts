import type { SandboxPolicy } from "./sandbox-policy.ts";

/**
 * Returns the profile of `sandbox-exec` on macOS for a policy. Rules at the end win. The temporary directory cannot be replaced
 * there, so commands write in the system's.
 */
export function seatbeltProfile(policy: SandboxPolicy): string {
  const { directory, temporaryDirectory, systemTemporaryDirectories, readOnly, pinned, hidden } = policy;
  const writable = [directory, temporaryDirectory, ...systemTemporaryDirectories];
  return [
    "(version 1)",
    "(allow default)",
    "(deny file-write*)",
    `(allow file-write* ${writable.map(subpath).join(" ")})`,
    '(allow file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/dtracehelper") (subpath "/dev/fd"))',
    ...pinned.map(({ path }) => `(deny file-write-unlink ${literal(path)})`),
    ...readOnly.map(({ path }) => `(deny file-write* ${subpath(path)})`),
    ...hidden.map(({ path, isDirectory }) =>
      isDirectory
        ? `(deny file-read* file-write* ${subpath(path)})`
        : `(deny file-read* file-write* ${literal(path)})`,
    ),
    // Programs outside of the sandbox that start others on request.
    '(deny network-outbound (literal "/private/var/run/docker.sock"))',
    "(deny appleevent-send)",
    '(deny mach-lookup (global-name "com.apple.coreservices.launchservicesd"))',
    ...(policy.network ? [] : ["(deny network*)"]),
    "",
  ].join("\n");
}

function subpath(path: string): string {
  return `(subpath ${quote(path)})`;
}

function literal(path: string): string {
  return `(literal ${quote(path)})`;
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
