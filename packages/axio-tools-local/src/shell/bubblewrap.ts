import type { SandboxPolicy } from "./sandbox-policy.ts";

/** The file descriptors of the sandbox's own reports. */
export const STATUS_FD = 3;
/** The file descriptor on which {@link SUPERVISOR} reports. */
export const REPORT_FD = 4;

/**
 * Runs a command inside the sandbox, and then reports the processes that it left behind. Waits a moment for those that are
 * about to end, such as a `tee`. All processes end with this script, because its parent is the first of their namespace.
 */
export const SUPERVISOR = `
trap : HUP INT TERM
echo started >&${REPORT_FD}
exec 5>&2 2>/dev/null
(exec "$@" 2>&5 5>&- ${REPORT_FD}>&-)
status=$?
list() {
  names=
  for process in /proc/[0-9]*; do
    id=\${process#/proc/}
    if [ "$id" -gt 1 ] && [ "$id" != $$ ] && read -r name <"$process/comm"; then
      names="$names\${names:+, }$name"
    fi
  done
}
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  list
  [ -n "$names" ] || break
  sleep 0.02 || break
done
echo "left $names" >&${REPORT_FD}
exit $status
`;

/**
 * Returns the arguments of bubblewrap for a policy: the file system is read-only except for the working directory and the
 * temporary directory; credentials are hidden; processes, and with them their ends, are in a namespace of their own.
 */
export function bubblewrapArguments(policy: SandboxPolicy): readonly string[] {
  const { directory, temporaryDirectory, systemTemporaryDirectories } = policy;
  return [
    ...NAMESPACES,
    ...(policy.network ? [] : ["--unshare-net"]),
    ...["--json-status-fd", String(STATUS_FD)],
    ...["--ro-bind", "/", "/"],
    ...["--dev", "/dev"],
    ...["--proc", "/proc"],
    // Sockets of system services, with which a command could start programs outside of the sandbox.
    ...["--tmpfs", "/run"],
    ...policy.runPaths.flatMap((path) => ["--ro-bind-try", path, path]),
    ...systemTemporaryDirectories.flatMap((path) => ["--bind", temporaryDirectory, path]),
    ...["--bind", directory, directory],
    // The root of a mount cannot be moved.
    ...policy.pinned.flatMap(({ path }) => ["--bind", path, path]),
    ...policy.readOnly.flatMap(({ path }) => ["--ro-bind", path, path]),
    ...policy.hidden.flatMap(({ path, isDirectory }) =>
      isDirectory ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path],
    ),
    ...["--chdir", directory],
  ];
}

/** Returns the arguments that find out whether bubblewrap works here. */
export function probeArguments(network: boolean): readonly string[] {
  const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"];
  return [...NAMESPACES, ...(network ? [] : ["--unshare-net"]), ...mounts, "--", "/bin/sh", "-c", ":"];
}

const NAMESPACES: readonly string[] = [
  // The user root keeps its rights otherwise, with which it could mount.
  "--unshare-user",
  ...["--cap-drop", "ALL"],
  "--unshare-pid",
  "--unshare-ipc",
  "--unshare-uts",
  "--unshare-cgroup-try",
  // Without a terminal, a command cannot type into the user's.
  "--new-session",
  "--die-with-parent",
];
