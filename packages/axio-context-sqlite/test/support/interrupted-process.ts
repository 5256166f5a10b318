import { assistantMessage, userMessage } from "axio";
import { openSessions } from "../../src/index.ts";

// Usage: PATH NAME. Stores a step in progress, a prompt and a draft, prints a line, and waits to be killed.
const [path = "", name = ""] = process.argv.slice(2);
const sessions = await openSessions({ path });
const directory = `/projects/${name}`;
await sessions.addPrompt(name, directory);
const store = await sessions.create([], { directory });
await store.checkpoint([userMessage(name), assistantMessage("so far")]);
await sessions.saveDraft({ text: `draft ${name}`, queued: [`queued ${name}`] }, directory);
process.stdout.write("stored\n");
setInterval(() => undefined, 1_000);
