import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import {
  type AnyMessage,
  type ClientCapabilities,
  type ClientContext,
  client,
  ndJsonStream,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionNotification,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { programEnvironment } from "test-support/program-environment";
import { builtPackages } from "test-support/workspace/built-packages";
import { bundledPlugin } from "test-support/workspace/bundled-plugin";
import { ProtocolSchema } from "./protocol-schema.ts";

const PLUGIN = join(import.meta.dirname, "scripted-plugin");

/** A home directory with settings that list the scripted provider, and a working folder. */
export interface Machine {
  /** The path of the agent's program. */
  readonly agent: string;
  readonly home: string;
  readonly folder: string;
  remove(): Promise<void>;
}

/** Creates a machine. The user is signed in, unless that is left out. */
export async function createMachine({ isSignedIn = true } = {}): Promise<Machine> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "axio-acp-")));
  const [home, folder] = [join(root, "home"), join(root, "folder")];
  const state = join(home, "state", "axio");
  const plugin = join(root, "plugin");
  await bundledPlugin(PLUGIN, plugin);
  await mkdir(state, { recursive: true });
  await mkdir(folder);
  await writeFile(join(state, "settings.json"), JSON.stringify({ version: 1, plugins: [plugin] }));
  const agent = join(await builtPackages(), "axio-acp", "dist", "bin.js");
  if (isSignedIn) await writeFile(join(home, "signed-in"), "");
  return { agent, home, folder, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Answers a permission request. */
type Answer = (
  request: RequestPermissionRequest,
) => RequestPermissionResponse | Promise<RequestPermissionResponse>;

/** The SDK's client, connected to the agent in a process of its own. Collects updates, and checks each message of the agent. */
export class EditorPeer {
  readonly agent: ClientContext;
  readonly updates: SessionNotification[] = [];
  readonly permissions: RequestPermissionRequest[] = [];
  /** Problems in messages of the agent. */
  readonly faults: string[] = [];
  stderr = "";
  answer: Answer = () => ({ outcome: { outcome: "selected", optionId: "once" } });
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor({ agent, home, folder }: Machine) {
    const child = spawn(process.execPath, [agent], {
      cwd: folder,
      env: programEnvironment(home),
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    const schema = new ProtocolSchema();
    const { readable, writable } = ndJsonStream(
      Writable.toWeb(child.stdin),
      Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
    );
    const checked = new TransformStream<AnyMessage, AnyMessage>({
      transform: (message, controller) => {
        const fault = schema.faultOf(message);
        if (fault !== "") this.faults.push(fault);
        controller.enqueue(message);
      },
    });
    const noted = new TransformStream<AnyMessage, AnyMessage>({
      transform: (message, controller) => {
        schema.sent(message);
        controller.enqueue(message);
      },
    });
    void noted.readable.pipeTo(writable).catch(() => undefined);
    const connection = client({ name: "test" })
      .onNotification("session/update", ({ params }) => {
        this.updates.push(params);
        for (const check of this.#waiting) check();
      })
      .onRequest("session/request_permission", async ({ params }) => {
        this.permissions.push(params);
        for (const check of this.#waiting) check();
        return this.answer(params);
      })
      .connect({ readable: readable.pipeThrough(checked), writable: noted.writable });
    this.agent = connection.agent;
  }

  /** Starts the agent and introduces the editor. */
  static async start(machine: Machine, capabilities: ClientCapabilities = {}): Promise<EditorPeer> {
    const peer = new EditorPeer(machine);
    await peer.agent.request("initialize", {
      protocolVersion: 1,
      clientCapabilities: { session: { notices: {} }, ...capabilities },
    });
    return peer;
  }

  /** The updates of a session. */
  updatesOf(sessionId: string): readonly SessionUpdate[] {
    return this.updates.filter((update) => update.sessionId === sessionId).map(({ update }) => update);
  }

  /** The updates of one kind. */
  ofKind<Kind extends SessionUpdate["sessionUpdate"]>(
    sessionId: string,
    kind: Kind,
  ): readonly Extract<SessionUpdate, { sessionUpdate: Kind }>[] {
    return this.updatesOf(sessionId).filter(
      (update): update is Extract<SessionUpdate, { sessionUpdate: Kind }> => update.sessionUpdate === kind,
    );
  }

  /** The text of the model. */
  textOf(sessionId: string): string {
    return this.ofKind(sessionId, "agent_message_chunk")
      .map(({ content }) => (content.type === "text" ? content.text : `[${content.type}]`))
      .join("");
  }

  /** Waits until something is true, which updates and permission requests change. */
  async until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!isTrue()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  /** Kills the agent without a warning. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await once(this.#child, "close");
  }

  /** Closes the agent's input, as an editor that ends. Returns the exit code. */
  async end(): Promise<number> {
    const closed = once(this.#child, "close");
    this.#child.stdin?.end();
    const [code] = await closed;
    return Number(code);
  }
}
