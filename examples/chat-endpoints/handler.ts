import { type Agent, MemoryContextStore } from "axio";
import { fromUIMessages, toUIMessageStreamResponse } from "axio-ai-sdk/ui";

/** Returns the endpoint of `useChat`. In Next.js, export it as `POST` from `app/api/chat/route.ts`. */
export function chatHandler(agent: Agent): (request: Request) => Promise<Response> {
  return async (request) => {
    const { messages } = (await request.json()) as { messages: unknown };
    const context = new MemoryContextStore(fromUIMessages(messages));
    return toUIMessageStreamResponse(agent.runStream([], { context, signal: request.signal }));
  };
}
