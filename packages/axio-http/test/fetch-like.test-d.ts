import { fetch as undiciFetch } from "undici";
import type { FetchLike } from "../src/index.ts";

/** Whoever brings a `fetch` brings one of these; each must fit without a cast. */
export const fits: readonly FetchLike[] = [
  globalThis.fetch,
  undiciFetch,
  (input, init) => fetch(input, init),
  async (_input: string | URL, init?: RequestInit) => new Response(init?.method),
];
