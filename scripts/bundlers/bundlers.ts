/** A bundler, as a user calls it: with what every project of it has, and without settings for axio but those in its name. */
export interface Bundler {
  readonly name: string;
  /** The package whose version is reported. */
  readonly package: string;
  /** The packages to install, with versions. */
  readonly specs: readonly string[];
  /** The program of `programs`. */
  readonly program: "server-main" | "edge-main" | "worker" | "server";
  /** The command that bundles it, in the folder of the project. It writes to `out/NAME`. */
  readonly build: readonly string[];
  /** How the bundle is run: by Node.js, in Chromium, as a worker of `workerd`, or by the server of Next.js. */
  readonly runsIn: "node" | "browser" | "workerd" | "next";
  /** The file to run. */
  readonly output: string;
  /** Whether the bundle needs the installed packages, as is usual for this bundler. Default: it runs in an empty folder. */
  readonly keepsPackages?: boolean;
  /** The transports that do not work in the bundle, and why. Default: all work. */
  readonly limits?: Readonly<Record<string, string>>;
}

/** Bundles of ECMAScript modules cannot load what CommonJS packages require. */
const NO_REQUIRE = {
  webSocket:
    "`ws` is a CommonJS package that calls `require()`, which such a bundle does not have: use one of the two settings in the rows below it",
};

/** Gives an ECMAScript module the `require()` that CommonJS packages in it call. */
const REQUIRE_BANNER =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const ROLLUP = [
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rollup/plugin-commonjs@29.0.3",
  "@rollup/plugin-json@6.1.0",
];
const ESBUILD = ["esbuild@0.28.2"];

const esbuild = (program: string, name: string, ...options: readonly string[]): readonly string[] => [
  "esbuild",
  `${program}.mjs`,
  "--bundle",
  "--log-level=warning",
  ...options,
  `--outfile=out/${name}`,
];
const rollup = (program: string, folder: string, format: string): readonly string[] => [
  "rollup",
  `${program}.mjs`,
  "--plugin=node-resolve",
  "--plugin=commonjs",
  "--plugin=json",
  `--format=${format}`,
  `--dir=out/${folder}`,
  "--entryFileNames=main.mjs",
  "--silent",
];

/** The bundlers that `npm run check:bundlers` tries. */
export const BUNDLERS: readonly Bundler[] = [
  {
    name: "esbuild, ESM for Node.js",
    package: "esbuild",
    specs: ESBUILD,
    program: "server-main",
    build: esbuild("server-main", "esbuild-esm/main.mjs", "--platform=node", "--format=esm"),
    runsIn: "node",
    output: "esbuild-esm/main.mjs",
    limits: NO_REQUIRE,
  },
  {
    name: "esbuild, ESM for Node.js, with `--external:ws --external:undici`",
    package: "esbuild",
    specs: ESBUILD,
    program: "server-main",
    build: esbuild(
      "server-main",
      "esbuild-external/main.mjs",
      "--platform=node",
      "--format=esm",
      "--external:ws",
      "--external:undici",
    ),
    runsIn: "node",
    output: "esbuild-external/main.mjs",
    keepsPackages: true,
  },
  {
    name: `esbuild, ESM for Node.js, with \`--banner:js='${REQUIRE_BANNER}'\``,
    package: "esbuild",
    specs: ESBUILD,
    program: "server-main",
    build: esbuild(
      "server-main",
      "esbuild-banner/main.mjs",
      "--platform=node",
      "--format=esm",
      `--banner:js=${REQUIRE_BANNER}`,
    ),
    runsIn: "node",
    output: "esbuild-banner/main.mjs",
  },
  {
    name: "esbuild, CommonJS for Node.js",
    package: "esbuild",
    specs: ESBUILD,
    // CommonJS has no top-level await.
    program: "server-main",
    build: esbuild("server-commonjs", "esbuild-cjs/main.cjs", "--platform=node", "--format=cjs"),
    runsIn: "node",
    output: "esbuild-cjs/main.cjs",
  },
  {
    name: "esbuild, for browsers",
    package: "esbuild",
    specs: ESBUILD,
    program: "edge-main",
    build: esbuild("edge-main", "esbuild-browser/main.mjs", "--platform=browser", "--format=esm"),
    runsIn: "browser",
    output: "esbuild-browser/main.mjs",
  },
  {
    name: "esbuild, for workerd",
    package: "workerd",
    specs: [...ESBUILD, "workerd@1.20261117.1"],
    program: "worker",
    build: esbuild(
      "worker",
      "workerd/worker.mjs",
      "--platform=browser",
      "--format=esm",
      "--conditions=workerd,worker,browser",
    ),
    runsIn: "workerd",
    output: "workerd/worker.mjs",
  },
  {
    name: "Vite, for a server (`--ssr`)",
    package: "vite",
    specs: ["vite@8.4.0"],
    program: "server-main",
    build: ["vite", "build", "--ssr", "server-main.mjs", "--outDir", "out/vite-ssr", "--logLevel", "warn"],
    runsIn: "node",
    output: "vite-ssr/server-main.mjs",
    keepsPackages: true,
  },
  {
    name: "Vite, for browsers",
    package: "vite",
    specs: ["vite@8.4.0"],
    program: "edge-main",
    build: ["vite", "build", "--outDir", "out/vite-browser", "--logLevel", "warn"],
    runsIn: "browser",
    output: "vite-browser/index.html",
  },
  {
    name: "Rollup, for Node.js",
    package: "rollup",
    specs: ROLLUP,
    program: "server-main",
    build: rollup("server-main", "rollup-node", "es"),
    runsIn: "node",
    output: "rollup-node/main.mjs",
  },
  {
    name: "webpack, for Node.js",
    package: "webpack",
    specs: ["webpack@5.113.0", "webpack-cli@7.3.1"],
    program: "server-main",
    build: [
      "webpack",
      "--mode=production",
      "--target=node",
      "--entry=./server-main.mjs",
      "--output-path=out/webpack-node",
      "--stats=errors-only",
    ],
    runsIn: "node",
    output: "webpack-node/main.js",
  },
  {
    name: "bun build, for Node.js",
    package: "bun",
    specs: ["bun@1.4.5"],
    program: "server-main",
    build: ["bun", "build", "server-main.mjs", "--target=node", "--outfile=out/bun/main.mjs"],
    runsIn: "node",
    output: "bun/main.mjs",
  },
  {
    name: "Next.js, a route handler",
    package: "next",
    specs: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    program: "server",
    build: ["next", "build"],
    runsIn: "next",
    output: "next",
  },
];
