import { type AgentTool, defineTool, jsonSchema } from "axio";
import type { PluginHost } from "axio/plugin";
import { HeadlessConversation, type HeadlessOptions } from "../../src/headless/conversation.ts";
import type { HeadlessEvent, ResultEvent } from "../../src/headless/headless-event.ts";
import type { Workspace } from "../../src/headless/workspace.ts";
import { createHost, type DeniedRequest } from "../../src/host/create-host.ts";
import { temporarySessions } from "./running-app.ts";
import { type AppSetup, testOptions } from "./test-options.ts";

/** A conversation without a terminal, and the transports behind it. */
export async function openHeadless(
  setup: AppSetup,
  options: Partial<HeadlessOptions> = {},
): Promise<{
  readonly conversation: HeadlessConversation;
  readonly transports: ReturnType<typeof testOptions>["transports"];
}> {
  const sessions = setup.sessions ?? (await temporarySessions());
  const app = testOptions(setup, sessions);
  const listeners = new Set<(denied: DeniedRequest) => void>();
  const shared = {
    ...app,
    signal: new AbortController().signal,
    allowsAll: false,
    onDenied: (denied: DeniedRequest) => {
      for (const listener of listeners) listener(denied);
    },
  };
  const workspace: Workspace = {
    ...app,
    hostFor: (kind, name) => createHost(shared, kind, name),
    opened: {
      contents: { folder: app.cwd, instructions: [], mcp: [], commands: [], refused: [] },
      found: app.found,
      decided: [],
    },
    listenForDenials: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => undefined,
  };
  const conversation = await HeadlessConversation.open({ workspace, sessions, ...options });
  return { conversation, transports: app.transports };
}

/** Reads a run to its end. */
export async function readRun(
  events: AsyncIterable<HeadlessEvent>,
): Promise<{ readonly events: readonly HeadlessEvent[]; readonly result: ResultEvent }> {
  const all: HeadlessEvent[] = [];
  for await (const event of events) all.push(event);
  const last = all.at(-1);
  if (last?.type !== "result") throw new Error(`The last event is ${last?.type}.`);
  return { events: all, result: last };
}

/** A tool that asks for permission to run a command. */
export const askingTool =
  (run: () => string = () => "done") =>
  (host: PluginHost): readonly AgentTool[] => [
    defineTool({
      name: "shell",
      description: "Runs a command.",
      inputSchema: jsonSchema<{ readonly command: string }>({
        type: "object",
        properties: { command: { type: "string" } },
      }),
      execute: async ({ command }) => {
        const answer = await host.requestPermission({
          title: "Run a command",
          subject: { type: "shell", command },
          key: command,
        });
        if (!answer.allowed) throw new Error(answer.reason ?? "Denied.");
        return run();
      },
    }),
  ];
