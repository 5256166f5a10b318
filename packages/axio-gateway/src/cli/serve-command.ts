import { AxioError, type CompletionTransport } from "axio";
import { type CliIo, escapeLine, type Output } from "axio-cli/internal";
import { createKey } from "../access/key.ts";
import type { KeyFile } from "../access/key-file.ts";
import type { RequestFacts } from "../observe/metrics.ts";
import { startGateway } from "../start.ts";
import type { ServeArguments } from "./create-program.ts";
import { headlessHost, loadProvider } from "./load-provider.ts";

/** Serves until the process is told to stop. */
export async function serveCommand(
  args: ServeArguments,
  file: KeyFile,
  { io, out, err }: { readonly io: CliIo; readonly out: Output; readonly err: Output },
): Promise<void> {
  const transports = await createTransports(args, io, (text) => void err.line(escapeLine(text)));
  const keys = await file.read();
  let firstSecret: string | undefined;
  if (keys.length === 0) {
    const { key, secret } = createKey({ name: "default" });
    await file.update((others) => [...others, key]);
    firstSecret = secret;
  }
  const running = await startGateway({
    transport: transports,
    keys: () => file.read(),
    port: args.port,
    address: args.listen,
    allowsOtherMachines: args.insecureHttp,
    hosts: args.hostName,
    origins: args.origin,
    aliases: aliasesOf(args.modelMap),
    strict: args.strict,
    isConnectedApplication: args.connectedApplication !== undefined,
    drainMs: args.drain * 1000,
    onRequest: (facts) => void err.line(logLine(facts)),
  });
  await out.line(describe(running.baseURL, firstSecret));
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await err.line("Closing. Requests in flight may end; a second Ctrl-C ends them now.");
  await running.close();
}

async function createTransports(
  { provider: names, profile }: ServeArguments,
  io: CliIo,
  onWarning: (text: string) => void,
): Promise<Readonly<Record<string, CompletionTransport>>> {
  const host = headlessHost(io, onWarning);
  const entries = (names.length === 0 ? ["codex"] : names).map(async (name) => {
    const provider = await loadProvider(name, io.cwd);
    return [name, await provider.createTransport(host, { profile })] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function aliasesOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, from, to] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      if (from === undefined || to === undefined)
        throw new AxioError(
          "invalid-argument",
          `--model-map ${JSON.stringify(pair)} is not FROM=TO. Example: gpt-4o=gpt-5.5`,
        );
      return [from, to];
    }),
  );
}

function describe(baseURL: string, secret: string | undefined): string {
  const root = baseURL.replace(/\/v1$/, "");
  const key = secret ?? "YOUR_KEY";
  return [
    `The gateway listens on ${root}`,
    ...(secret === undefined ? [] : ["", `The key "default" was created. It is not shown again: ${secret}`]),
    "",
    "For OpenAI's clients:",
    `  OPENAI_BASE_URL=${baseURL} OPENAI_API_KEY=${key}`,
    "For Claude Code and Anthropic's clients:",
    `  ANTHROPIC_BASE_URL=${root} ANTHROPIC_AUTH_TOKEN=${key} ANTHROPIC_MODEL=claude-axio-gpt-5.5`,
    "",
    "It is for your own programs on this computer. The terms of your sign-in apply.",
  ].join("\n");
}

/** One line for a request: no content, no headers, no query. */
function logLine(facts: RequestFacts): string {
  const { route, key, model, status, code, durationMs, firstEventMs, inputTokens, outputTokens } = facts;
  return escapeLine(
    [
      new Date().toISOString(),
      String(status),
      route,
      `key=${key || "-"}`,
      `model=${model || "-"}`,
      ...(code === "" ? [] : [`code=${code}`]),
      ...(firstEventMs === undefined ? [] : [`first=${Math.round(firstEventMs)}ms`]),
      `total=${Math.round(durationMs)}ms`,
      `tokens=${inputTokens}+${outputTokens}`,
    ].join(" "),
  );
}
