import { isJsonObject, type JsonValue } from "axio";
import { applyEdits, findNodeAtLocation, modify, parseTree } from "jsonc-parser";

const FORMAT = { insertSpaces: true, tabSize: 2, eol: "\n" };

/** A member to write; to remove if `value` is `undefined`. */
interface Change {
  readonly path: readonly string[];
  readonly value: JsonValue | undefined;
}

/** Writes the differences between two objects into JSON text. Unknown members, comments and the order stay. */
export function changeText(text: string, before: JsonValue, after: JsonValue): string {
  let changed = text;
  for (const { path, value } of differences(before, after, [])) {
    const target = reachable(changed, path, after, value);
    changed = applyEdits(
      changed,
      modify(changed, [...target.path], target.value, { formattingOptions: FORMAT }),
    );
  }
  return changed;
}

function differences(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly string[],
): readonly Change[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differences(before[name], after[name], [...path, name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, value: after }];
}

/** Returns the change to apply: a value that is not an object, but should contain the member, is replaced as a whole. */
function reachable(
  text: string,
  path: readonly string[],
  after: JsonValue,
  value: JsonValue | undefined,
): Change {
  const root = parseTree(text);
  for (let length = 1; length < path.length; length += 1) {
    const part = path.slice(0, length);
    const node = root && findNodeAtLocation(root, part);
    if (node === undefined || node.type === "object") continue;
    return {
      path: part,
      value: part.reduce<JsonValue | undefined>(
        (object, name) => (isJsonObject(object) ? object[name] : undefined),
        after,
      ),
    };
  }
  return { path, value };
}
