import { fetch as undiciFetch } from "undici";
import type { FetchLike } from "../src/index.ts";

/** Callers pass one of these. Each must fit without a cast. */
export const fits: readonly FetchLike[] = [
  globalThis.fetch,
  undiciFetch,
  (input, init) => fetch(input, init),
  async (_input: string | URL, init?: RequestInit) => new Response(init?.method),
];
