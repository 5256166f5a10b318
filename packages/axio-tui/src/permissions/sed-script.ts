/** Options of sed that neither write nor load anything, and that have no value. */
const PLAIN_OPTION =
  /^(?:-[nErsuz]+|--(?:quiet|silent|regexp-extended|separate|unbuffered|null-data|posix|debug|sandbox))$/;
const DELIMITER = /[/|,#@:!%~+_=]/;

/** Whether the words after `sed` can only print: no file is written or loaded, and no program runs. */
export function onlyPrints(words: readonly string[]): boolean {
  const scripts: string[] = [];
  const operands: string[] = [];
  let options = true;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const joined = /^(?:-[nErsuz]*e|--expression=)(?=.)/s.exec(word)?.[0];
    if (!options || !word.startsWith("-") || word === "-") operands.push(word);
    else if (word === "--") options = false;
    else if (/^(?:-[nErsuz]*e|--expression)$/.test(word)) {
      at += 1;
      scripts.push(words[at] ?? "");
    } else if (joined !== undefined) scripts.push(word.slice(joined.length));
    else if (!PLAIN_OPTION.test(word)) return false;
  }
  const all = scripts.length > 0 ? scripts : operands.slice(0, 1);
  // GNU's sed takes options after the operands as well.
  return all.length > 0 && all.every((script) => isHarmless(script));
}

/** Whether all commands of a script are known to print or to change only the text in memory. */
function isHarmless(script: string): boolean {
  let rest = script;
  while (rest !== "") {
    const next = afterCommand(rest);
    if (next === undefined) return false;
    rest = next;
  }
  return true;
}

/** The rest after the first command of a script. Undefined if the command may do something else. */
function afterCommand(script: string): string | undefined {
  const rest = afterAddresses(script.replace(/^[\s;}]+/, ""));
  if (rest === undefined) return undefined;
  const simple = /^(?:[dDgGhHnNpPxzF=]|[qQl][ \t]*\d*|[:btT][ \t]*\w*)[ \t]*(?=[;}\n]|$)/.exec(rest);
  if (rest === "" || rest.startsWith("{")) return rest.slice(1);
  if (simple !== null) return rest.slice(simple[0].length);
  const [command = "", delimiter = ""] = rest;
  if (!/[sy]/.test(command) || !DELIMITER.test(delimiter)) return undefined;
  const second = afterPart(rest.slice(2), delimiter);
  const flags = second === undefined ? undefined : afterPart(second, delimiter);
  const end = flags === undefined ? null : /^[gpiIMm\d]*[ \t]*(?=[;}\n]|$)/.exec(flags);
  return end === null ? undefined : flags?.slice(end[0].length);
}

function afterAddresses(script: string): string | undefined {
  let rest: string | undefined = script;
  for (;;) {
    if (rest.startsWith("/")) {
      rest = afterPart(rest.slice(1), "/")?.replace(/^[IM]+/, "");
      if (rest === undefined) return undefined;
    } else rest = rest.replace(/^(?:\$|[+~]?\d+(?:~\d+)?)/, "");
    const separator = /^[ \t]*,[ \t]*/.exec(rest);
    if (separator === null) return rest.replace(/^[ \t]*(?:![ \t]*)?/, "");
    rest = rest.slice(separator[0].length);
  }
}

/** The rest after a pattern or a replacement. Undefined if implementations may disagree about its end. */
function afterPart(text: string, delimiter: string): string | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === delimiter) return text.slice(at + 1);
    if (character === "\\") at += 1;
    else if (character === "\n") return undefined;
    else if (character === "[") {
      // Some implementations end a pattern at a delimiter in brackets, some do not.
      const end = /^\[\^?\]?[^\]\n\\]*\]/.exec(text.slice(at))?.[0];
      if (end?.includes(delimiter) === true) return undefined;
      if (end !== undefined) at += end.length - 1;
    }
  }
  return undefined;
}
