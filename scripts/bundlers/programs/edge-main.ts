import { runEdge } from "./edge.ts";

// The address of the page has the targets after its hash.
const { location } = globalThis as unknown as { readonly location: { readonly hash: string } };
const targets = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const answers = await runEdge(targets).catch((error: unknown) => ({ error: String(error) }));
Reflect.set(globalThis, "answers", answers);
