import { setTimeout as wait } from "node:timers/promises";
import { abortedError } from "axio";
import type { AppIo } from "../host/io.ts";

const CTRL_C = "\x03";

/**
 * Discards what arrives from a terminal for some time, and what has arrived before. Does nothing without a terminal.
 *
 * @throws AxioError `aborted` after Ctrl-C.
 */
export async function discardInput(
  { stdin, signal }: Pick<AppIo, "stdin" | "signal">,
  durationMs: number,
): Promise<void> {
  if (stdin.isTTY !== true) return;
  const interrupt = new AbortController();
  const stopped = AbortSignal.any([signal, interrupt.signal]);
  const discard = (chunk: Buffer | string): void => {
    if (chunk.toString().includes(CTRL_C)) interrupt.abort();
  };
  // Without raw mode the terminal would keep a line until Enter.
  stdin.setRawMode(true);
  stdin.on("data", discard);
  stdin.resume();
  try {
    await wait(durationMs, undefined, { signal: stopped });
  } catch {
    throw abortedError(stopped);
  } finally {
    stdin.off("data", discard);
    stdin.pause();
    stdin.setRawMode(false);
  }
}
