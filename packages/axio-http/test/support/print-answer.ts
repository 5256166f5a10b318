// Run as a process of its own, since Node reads NODE_EXTRA_CA_CERTS at its start only: prints what an address answers.
import { defaultFetch, readBodyText, sendRequest } from "../../src/index.ts";

const [, , url = ""] = process.argv;
process.stdout.write(await readBodyText(await sendRequest({ url, fetch: defaultFetch() })));
