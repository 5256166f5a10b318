import { Console } from "node:console";
import { Writable } from "node:stream";
import type { Notices } from "../host/notices.ts";

/** In characters. */
const LONGEST_NOTICE = 500;

/** Turns the console output of plugins into notices, instead of text across the screen. Returns a function that ends it. */
export function redirectConsole(notices: Notices): () => void {
  const original = globalThis.console;
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      const text = String(chunk).trim();
      if (text !== "") notices.add({ from: "console", warning: text.slice(0, LONGEST_NOTICE) });
      done();
    },
  });
  globalThis.console = new Console({ stdout: sink, stderr: sink });
  return () => {
    globalThis.console = original;
  };
}
