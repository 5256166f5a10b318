import { needs, POSIX } from "test-support/requirements";
import { expect, it } from "vitest";
import { outsideSearchPath } from "../src/search-path.ts";

it.each([
  ["/usr/bin:/bin", "/usr/bin:/bin"],
  [".:/usr/bin::bin:./bin:../x:", "/usr/bin"],
  ["/home/ada/project/node_modules/.bin:/usr/bin", "/usr/bin"],
  ["/home/ada/project/packages/a/node_modules/.bin:/usr/bin", "/usr/bin"],
  // The working directory can be the home directory.
  ["/home/ada/project/.local/bin:/usr/bin", "/home/ada/project/.local/bin:/usr/bin"],
  [
    "/home/ada/node_modules/.bin:/home/ada/project2/node_modules/.bin",
    "/home/ada/node_modules/.bin:/home/ada/project2/node_modules/.bin",
  ],
  ["", ""],
])("of the search path %j only what a folder does not control remains", needs(POSIX), (path, expected) => {
  expect(outsideSearchPath(path, "/home/ada/project")).toBe(expected);
});
