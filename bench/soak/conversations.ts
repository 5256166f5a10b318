// 500 conversations of 8 random turns against the strict simulators: each goes on, and no prompt or tool result is lost or
// repeated. Run: npm run bench:conversations

import { startChatGPTSimulator, startSimulator } from "axio-simulator";
import { converse, transportsOfAllRoutes } from "test-support/random-conversations";

const CONVERSATIONS = 500;
const TURNS = 8;

await using codex = await startSimulator();
await using plan = await startChatGPTSimulator({ autoApprove: true });
const transports = transportsOfAllRoutes(codex, plan);
const { turns, kinds, problems } = await converse({
  conversations: CONVERSATIONS,
  turns: TURNS,
  seed: Number(process.argv[2] ?? 1),
  transports,
});
for (const transport of transports) transport.close();
console.log(`${CONVERSATIONS} conversations, ${turns} turns: ${JSON.stringify(kinds)}`);
console.log(`problems: ${problems.length}`);
for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
