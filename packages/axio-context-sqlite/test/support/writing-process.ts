import { type Message, userMessage } from "axio";
import { openSessions } from "../../src/index.ts";

// Usage: PATH SHARED. Writes and forks sessions until it is killed. Prints a line after each completed write.
const [path = "", shared = ""] = process.argv.slice(2);
const EXCHANGES_PER_SESSION = 6;
// Large enough for a checkpoint after every few dozen exchanges.
const imageData = "iVBORw0K".repeat(8_000);

async function print(line: string): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${line}\n`, resolve));
}

function exchange(name: string): readonly Message[] {
  const image: Message = {
    role: "assistant",
    content: [
      { type: "text", text: `answer to ${name}` },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: imageData } },
    ],
  };
  return [userMessage(name), image];
}

const sessions = await openSessions({ path });
const together = await sessions.open(shared);
let store = await sessions.create();
for (let number = 1; ; number += 1) {
  const name = `${process.pid}-${number}`;
  await store.append(exchange(name));
  await print(`${store.id} ${name}`);
  if (number % EXCHANGES_PER_SESSION === 0) {
    const parent = store;
    store = (number / EXCHANGES_PER_SESSION) % 2 === 0 ? await parent.fork() : await sessions.create();
    // The messages of a fork also count as written.
    for (const { role, content } of await store.history())
      if (role === "user" && content[0]?.type === "text") await print(`${store.id} ${content[0].text}`);
    await parent.compact([], 2);
    await print(`compacted ${parent.id}`);
  } else if (number % 2 === 0) {
    await together.append([userMessage(name), userMessage(`answer to ${name}`)]);
    await print(`${shared} ${name}`);
  }
}
