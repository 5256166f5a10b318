import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScript } from "./bundle-script.ts";

const FOLDER = fileURLToPath(new URL("../../../examples/chat-server/", import.meta.url));

/** The chat server of the examples, with its two workers. */
export class ChatServer implements AsyncDisposable {
  /** The address of the page. */
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process_: ChildProcess) {
    this.url = url;
    this.#process = process_;
  }

  /** Starts it, and waits until it serves the page. */
  static async start(database: string, port = 0): Promise<ChatServer> {
    const script = await bundleScript(join(FOLDER, "main.ts"));
    const options = ["--database", database, "--port", String(port)];
    const process_ = spawn(process.execPath, [script, ...options], {
      cwd: FOLDER,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    const url = new Promise<string>((resolve, reject) => {
      process_.stdout.on("data", (chunk) => {
        output += String(chunk);
        const [found] = /http:\/\/localhost:\d+/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
      process_.once("exit", () => reject(new Error(`The chat server did not start: ${output}`)));
    });
    return new ChatServer(await url, process_);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Ends it as Ctrl-C does. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exit;
  }
}
