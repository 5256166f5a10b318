import type { ToolServer } from "axio/plugin";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import type { Command, CommandContext } from "./command.ts";

export const mcpCommand: Command = {
  name: "mcp",
  description: "Show the MCP servers, and connect one again",
  argument: "[server]",
  isAlwaysReady: true,
  async run(context, argument) {
    await context.toolBox.open();
    if (argument === "") return showServers(context);
    const server = context.toolBox.servers().find(({ name }) => name === argument);
    if (server === undefined) {
      context.conversation.notify(
        "info",
        `There is no MCP server ${JSON.stringify(argument)}. /mcp lists them.`,
      );
      return;
    }
    await reconnect(context, server);
  },
};

function showServers(context: CommandContext): void {
  context.show(
    makePicker({
      title: "MCP servers (Enter connects again, or signs in)",
      empty: "There are none. Add them to the settings of the plugin mcp, or to .mcp.json of the folder.",
      items: context.toolBox.servers().map((server) => serverItem(context, server)),
    }),
  );
}

function serverItem(context: CommandContext, server: ToolServer): PickerItem {
  return {
    label: server.name,
    detail: describeServer(server),
    isCurrent: server.state === "ready",
    choose: () => {
      reconnect(context, server).catch((error: unknown) => context.conversation.showError(error));
    },
  };
}

/** Returns the state of a server in one line. */
export function describeServer({ state, toolCount, address, error }: ToolServer): string {
  switch (state) {
    case "ready":
      return `${toolCount} ${toolCount === 1 ? "tool" : "tools"}, ${address}`;
    case "starting":
      return `starting, ${address}`;
    case "needs-sign-in":
      return `needs a sign-in, ${address}`;
    case "failed":
      return `failed: ${error?.message ?? address}`;
  }
}

/** Connects again. Failures are shown in full, because the list has one line for each server. */
async function reconnect(context: CommandContext, server: ToolServer): Promise<void> {
  const { conversation, toolBox, signal } = context;
  const needsSignIn = server.state === "needs-sign-in" && server.signIn !== undefined;
  conversation.notify(
    "info",
    needsSignIn
      ? `Signing in to the MCP server ${server.name} in the browser…`
      : `Connecting to the MCP server ${server.name}…`,
  );
  const onUrl = (url: string): void =>
    conversation.notify("info", "If your browser does not open, go to this address:", url);
  try {
    if (needsSignIn) await server.signIn?.({ signal, onUrl });
    else await server.reconnect();
    const now = toolBox.servers().find(({ name }) => name === server.name);
    conversation.notify("info", `${server.name}: ${describeServer(now ?? server)}`);
  } catch (error) {
    conversation.showError(error);
  }
}
