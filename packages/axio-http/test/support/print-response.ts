// Prints a response. A process of its own, since Node reads NODE_EXTRA_CA_CERTS only when it starts.
import { defaultFetch, readBodyText, sendRequest } from "../../src/index.ts";

const [, , url = ""] = process.argv;
process.stdout.write(await readBodyText(await sendRequest({ url, fetch: defaultFetch() })));
