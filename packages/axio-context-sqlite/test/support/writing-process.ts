import { type Message, userMessage } from "axio";
import { openSessions } from "../../src/index.ts";

// A process that writes and forks sessions until it is killed: PATH SHARED. A line on stdout for each write that has
// returned: what the parent may count on.
const [path = "", shared = ""] = process.argv.slice(2);
const TURNS_PER_SESSION = 6;
// Large enough that the log is moved into the file every few dozen turns.
const picture = "iVBORw0K".repeat(8_000);

async function say(line: string): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${line}\n`, resolve));
}

function turn(name: string): readonly Message[] {
  const image: Message = {
    role: "assistant",
    content: [
      { type: "text", text: `answer to ${name}` },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: picture } },
    ],
  };
  return [userMessage(name), image];
}

const sessions = await openSessions({ path });
const together = await sessions.open(shared);
let store = await sessions.create();
for (let number = 1; ; number += 1) {
  const name = `${process.pid}-${number}`;
  await store.append(turn(name));
  await say(`${store.id} ${name}`);
  if (number % TURNS_PER_SESSION === 0) {
    const parent = store;
    store = (number / TURNS_PER_SESSION) % 2 === 0 ? await parent.fork() : await sessions.create();
    // What the fork begins with counts as written, too.
    for (const { role, content } of await store.history())
      if (role === "user" && content[0]?.type === "text") await say(`${store.id} ${content[0].text}`);
    await parent.compact([], 2);
    await say(`compacted ${parent.id}`);
  } else if (number % 2 === 0) {
    await together.append([userMessage(name), userMessage(`answer to ${name}`)]);
    await say(`${shared} ${name}`);
  }
}
