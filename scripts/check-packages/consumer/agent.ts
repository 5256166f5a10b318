// A user's program. The check is that it compiles against the packed packages.
import { Agent, AxioError, defineTool, type StreamEvent } from "axio";
import { CodexTransport, type Credentials, MemoryCredentialStore, runOAuthFlow } from "axio-transport-codex";

const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
    additionalProperties: false,
  },
  execute: (args) => JSON.stringify(args),
});

/** Signs in, runs a prompt, and prints the stream. */
export async function ask(question: string, print: (text: string) => void): Promise<string> {
  const { accessToken, refreshToken, expiresAt, accountId }: Credentials = await runOAuthFlow();
  const transport = new CodexTransport({
    accessToken,
    refreshToken,
    expiresAt,
    accountId,
    model: "gpt-5.1-codex",
  });
  const agent = new Agent({ system: "You are a helpful assistant.", tools: [add], transport });
  const stream = agent.runStream(question);
  for await (const event of stream) show(event, print);
  return stream.finalText();
}

function show(event: StreamEvent, print: (text: string) => void): void {
  if (event.type === "text-delta") print(event.delta);
  // @ts-expect-error Only text deltas have this property: the type is the union, not `any`.
  print(event.delta);
}

/** Passes credentials, and reports errors. */
export async function check(signIn: Credentials): Promise<string> {
  const transport = new CodexTransport({ credentials: new MemoryCredentialStore<Credentials>(signIn) });
  try {
    await transport.fetchModels();
    return transport.name;
  } catch (error) {
    if (AxioError.is(error)) return error.code;
    throw error;
  }
}
