import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { LINUX, type Requirement, ROOT_USER } from "./requirements.ts";

const run = promisify(execFile);

/** A process that may create networks. */
export const NETWORKS: Requirement = {
  isMet:
    ROOT_USER.isMet &&
    LINUX.isMet &&
    (await run("unshare", [
      "-n",
      "ip",
      "link",
      "add",
      "probe0",
      "type",
      "veth",
      "peer",
      "name",
      "probe1",
    ]).then(
      () => true,
      () => false,
    )),
  missing: "no network namespaces; needs the user root and Debian's package iproute2",
};

/** A network of its own for processes, with one connection to this machine that can be cut. */
export interface SeparateNetwork extends AsyncDisposable {
  /** The address of this machine for the processes there. */
  readonly address: string;
  /** The program and first arguments that run a program there. */
  readonly enter: readonly [string, ...string[]];
  /** Loses all packets from now on, without an error on either side. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** How many bytes its processes have sent that did not arrive. */
  unacknowledged(): Promise<number>;
}

/** Creates a network. It ends with its last process, also if this process is killed. */
export async function openNetwork(): Promise<SeparateNetwork> {
  const holder = spawn("sh", ["-c", "exec unshare -n sh -c 'echo; cat >/dev/null'"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  const pid = String(holder.pid);
  const enter = ["nsenter", "-t", pid, "-n"] as const;
  const inside = (...args: readonly string[]) => run("nsenter", ["-t", pid, "-n", ...args]);
  const ip = (...args: readonly string[]) => run("ip", [...args]);
  // A range for tests of networks. Other runs on this machine have other names and addresses.
  const number = 4 * Math.floor(Math.random() * 16_384);
  const addressOf = (host: number): string => `198.18.${(number + host) >> 8}.${(number + host) & 255}`;
  const [near, far] = [`axio${pid}`, `axio${pid}p`];
  await ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", pid);
  await ip("address", "add", `${addressOf(1)}/30`, "dev", near);
  await inside("ip", "address", "add", `${addressOf(2)}/30`, "dev", far);
  await inside("ip", "link", "set", far, "up");
  await ip("link", "set", near, "up");
  return {
    address: addressOf(1),
    enter: [...enter],
    cut: async () => void (await ip("link", "set", near, "down")),
    heal: async () => void (await ip("link", "set", near, "up")),
    unacknowledged: async () => {
      // State, received and not read, sent and not acknowledged, addresses. A connection that is not open yet counts 1.
      const { stdout } = await inside("ss", "-Htna");
      return stdout.split("\n").reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
    },
    async [Symbol.asyncDispose]() {
      await ip("link", "delete", near);
      const exit = once(holder, "exit");
      holder.stdin.end();
      await exit;
    },
  };
}
