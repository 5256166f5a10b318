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

/** A connection between a separate network and this machine. */
export interface NetworkLink {
  /** The address of this machine for the processes there. */
  readonly address: string;
  /** Loses all packets from now on, without an error on either side. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** How many bytes the processes there have sent that did not arrive. */
  unacknowledged(): Promise<number>;
  /** How many bytes this machine has sent that did not arrive. */
  undelivered(): Promise<number>;
}

/** A network of its own for processes, with a connection to this machine. */
export interface SeparateNetwork extends NetworkLink, AsyncDisposable {
  /** The program and first arguments that run a program there. */
  readonly enter: readonly [string, ...string[]];
  /** Adds another connection, with another address of this machine. */
  link(): Promise<NetworkLink>;
}

const ip = (...args: readonly string[]) => run("ip", [...args]);

/** Creates a network. It ends with its last process, also if this process is killed. */
export async function openNetwork(): Promise<SeparateNetwork> {
  const holder = spawn("sh", ["-c", "exec unshare -n sh -c 'echo; cat >/dev/null'"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  const pid = String(holder.pid);
  const devices: string[] = [];
  const link = (): Promise<NetworkLink> => {
    const near = `axio${pid}n${devices.length}`;
    devices.push(near);
    return openLink(pid, near);
  };
  return {
    ...(await link()),
    enter: ["nsenter", "-t", pid, "-n"],
    link,
    async [Symbol.asyncDispose]() {
      for (const device of devices) await ip("link", "delete", device);
      const exit = once(holder, "exit");
      holder.stdin.end();
      await exit;
    },
  };
}

/** Connects the network of a process with this machine, as the device `near` of this machine. */
async function openLink(pid: string, near: string): Promise<NetworkLink> {
  const inside = (...args: readonly string[]) => run("nsenter", ["-t", pid, "-n", ...args]);
  // A range for tests of networks. Other runs on this machine have other names and addresses.
  const number = 4 * Math.floor(Math.random() * 16_384);
  const addressOf = (host: number): string => `198.18.${(number + host) >> 8}.${(number + host) & 255}`;
  const [address, far] = [addressOf(1), `${near}p`];
  await ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", pid);
  await ip("address", "add", `${address}/30`, "dev", near);
  await inside("ip", "address", "add", `${addressOf(2)}/30`, "dev", far);
  await inside("ip", "link", "set", far, "up");
  await ip("link", "set", near, "up");
  return {
    address,
    cut: async () => void (await ip("link", "set", near, "down")),
    heal: async () => void (await ip("link", "set", near, "up")),
    unacknowledged: async () => sentIn((await inside("ss", "-Htna", "dst", address)).stdout),
    undelivered: async () => sentIn((await run("ss", ["-Htna", "src", address])).stdout),
  };
}

/** The bytes of connections that were sent and not acknowledged. One that is not open yet counts 1. */
function sentIn(connections: string): number {
  // State, received and not read, sent and not acknowledged, addresses.
  return connections.split("\n").reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
}
