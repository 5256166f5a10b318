import { Console } from "node:console";
import { Writable } from "node:stream";
import type { Notices } from "./notices.ts";

/** In characters. */
const LONGEST = 500;

/** What plugins write to the console would stand across the screen: it becomes a notice. Gives what ends that. */
export function redirectConsole(notices: Notices): () => void {
  const given = globalThis.console;
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      const text = String(chunk).trim();
      if (text !== "") notices.add({ from: "console", warning: text.slice(0, LONGEST) });
      done();
    },
  });
  globalThis.console = new Console({ stdout: sink, stderr: sink });
  return () => {
    globalThis.console = given;
  };
}
