import { type CallToolResult, McpServer, type ServerContext } from "@modelcontextprotocol/server";
import { type HeadlessEvent, openWorkspace, Providers } from "axio-tui/internal";
import { z } from "zod";
import { type AskEnvironment, ask } from "./ask.ts";
import { progressMessage } from "./progress.ts";
import { askResult, errorResult, listedModel, listedSession, listResult } from "./tool-results.ts";

const MAX_SESSIONS = 50;

/** Creates the server: its tools, and how they are described to a model. */
export function createMcpServer(environment: AskEnvironment): McpServer {
  const { io, database, allowsChanges } = environment;
  const server = new McpServer({ name: "axio", title: "axio", version: io.version });
  const powers = allowsChanges
    ? "It can read, search and change files and run commands in the folder, as far as its user's permission rules allow."
    : "It can read and search the folder, but change nothing.";
  server.registerTool(
    "ask",
    {
      title: "Ask axio's agent",
      description: `Gives a task to another agent, with a model of your user's choice, and returns its answer. ${powers} It does not see your conversation: state all that it needs to know. To ask further, pass the session of the answer.`,
      inputSchema: z.strictObject({
        prompt: z.string().min(1).describe("The task or question, complete in itself."),
        session: z.string().optional().describe("The session of an earlier answer, to continue it."),
        provider: z
          .string()
          .optional()
          .describe("A provider of the tool models. Default: the user's choice."),
        model: z.string().optional().describe("A model of the tool models. Default: the user's choice."),
        effort: z.string().optional().describe("A reasoning effort of the model."),
        folder: z.string().optional().describe("The folder to work in. Default: that of this server."),
      }),
      annotations: { readOnlyHint: !allowsChanges, openWorldHint: true },
    },
    (question, context) =>
      settled(async () => {
        const { signal } = context.mcpReq;
        return askResult(await ask(question, environment, { signal, onEvent: progressReporter(context) }));
      }),
  );
  server.registerTool(
    "models",
    {
      title: "List models",
      description: "Lists the models that ask can use, with their providers and reasoning efforts.",
      inputSchema: z.strictObject({}),
      annotations: { readOnlyHint: true },
    },
    () => settled(async () => listResult("models", await listModels(environment))),
  );
  server.registerTool(
    "sessions",
    {
      title: "List sessions",
      description: "Lists the stored sessions of the folder, newest first. Each can be continued with ask.",
      inputSchema: z.strictObject({
        search: z.string().optional().describe("Words that the session must contain."),
      }),
      annotations: { readOnlyHint: true },
    },
    ({ search }) =>
      settled(async () => {
        const stored = await database.list({ search, directory: environment.cwd, limit: MAX_SESSIONS });
        return listResult("sessions", stored.map(listedSession));
      }),
  );
  return server;
}

async function settled(call: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await call();
  } catch (error) {
    return errorResult(error);
  }
}

/** Reports progress to a client that asked for it. */
function progressReporter({ mcpReq }: ServerContext): (event: HeadlessEvent) => Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  let progress = 0;
  return async (event) => {
    const message = progressMessage(event);
    if (progressToken === undefined || message === undefined) return;
    progress += 1;
    await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, message } });
  };
}

async function listModels({ io, cwd, settings }: AskEnvironment): Promise<readonly object[]> {
  const workspace = await openWorkspace({ io, cwd, settings });
  try {
    const choices = await new Providers(workspace).choices(undefined, () => undefined);
    return choices.flatMap(({ provider, model }) =>
      model === undefined ? [] : [listedModel(provider, model)],
    );
  } finally {
    workspace.close();
  }
}
