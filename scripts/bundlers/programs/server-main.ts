import { runServer } from "./server.ts";

console.log(JSON.stringify(await runServer(JSON.parse(process.argv[2] ?? "{}"))));
