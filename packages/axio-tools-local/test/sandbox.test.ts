import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { AxioError } from "axio";
import type { PermissionRequest } from "axio/plugin";
import { callTool, callTools } from "test-support/call-tools";
import { LINUX, needs } from "test-support/requirements";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { type LocalToolsOptions, localTools } from "../src/index.ts";
import { openLocalTools } from "../src/local-tools.ts";
import { bubblewrapArguments } from "../src/shell/bubblewrap.ts";
import { findSandbox } from "../src/shell/find-sandbox.ts";
import { hiddenPlaces, type SandboxPolicy } from "../src/shell/sandbox-policy.ts";
import { seatbeltProfile } from "../src/shell/seatbelt.ts";
import { scriptedUser } from "./support/workspace.ts";

const found = await findSandbox(true);

/** Skips a test, with the reason, if the kernel or the machine allows no sandbox. */
function needsSandbox({ skip }: TestContext): void {
  if (found.kind === "none") skip(`no sandbox: ${found.reason}`);
}

/** A project below a home directory of its own, outside of the temporary directory. */
async function home(): Promise<{ readonly home: string; readonly directory: string }> {
  const path = await realpath(await mkdtemp(join(homedir(), ".axio-test-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const directory = join(path, "project");
  await mkdir(join(directory, ".git", "hooks"), { recursive: true });
  await writeFile(join(directory, ".git", "config"), "[core]\n");
  for (const name of [".ssh", ".aws", ".config/axio", ".config/gh"]) {
    await mkdir(join(path, name), { recursive: true });
    await writeFile(join(path, name, "secret"), "a secret\n");
  }
  await writeFile(join(path, ".netrc"), "a secret\n");
  await writeFile(join(path, ".config/gh/hosts.yml"), "a secret\n");
  await writeFile(join(path, "readable.txt"), "readable\n");
  return { home: path, directory };
}

type Options = Partial<LocalToolsOptions>;

async function run(directory: string, command: string, options: Options = {}, input = {}): Promise<string> {
  const requestPermission = async () => ({ allowed: true }) as const;
  const open = openLocalTools({ directory, requestPermission, sandbox: "require", ...options });
  onTestFinished(() => open.close());
  return (await callTool(open.tools, "shell", { command, ...input })).text;
}

describe("a command in the sandbox", needs(LINUX), () => {
  it("writes in the directory and the temporary directory, and keeps what it wrote there", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const open = openLocalTools({ directory, requestPermission: async () => ({ allowed: true }) });
    onTestFinished(() => open.close());
    const command =
      "echo one > file; mkdir a; echo two > a/b; echo three > /tmp/c; echo four > $TMPDIR/d; cat /tmp/c";
    expect((await callTool(open.tools, "shell", { command })).text).toBe("three\n[Exit code 0]");
    expect(await readFile(join(directory, "a/b"), "utf8")).toBe("two\n");
    expect((await callTool(open.tools, "shell", { command: "cat $TMPDIR/d" })).text).toBe(
      "four\n[Exit code 0]",
    );
  });

  it.each([
    ["a file beside the directory", "echo x > ../new.txt; echo x >> ../readable.txt; rm ../readable.txt"],
    ["the root", "echo x > /new.txt; mkdir /new; echo x > /etc/new; echo x > /usr/bin/new"],
    ["a link that leads out", "ln -s .. out; echo x > out/new.txt"],
    ["a hard link", "ln ../readable.txt hard && echo x >> hard"],
    [
      "a remount",
      "mount -o remount,rw /; unshare -Urm sh -c 'mount -o remount,rw / ; mount --bind / /tmp'; echo x > ../new.txt",
    ],
    ["the process of the app", "kill -9 1; kill -9 -1; echo x > /proc/1/root/new.txt"],
    ["kernel settings", "echo x > /proc/sys/kernel/core_pattern; echo b > /proc/sysrq-trigger"],
    ["hooks of Git", "echo x > .git/hooks/pre-commit; mv .git old; rm -rf .git"],
    ["the configuration of Git", "echo x > .git/config; rm .git/config; mv .git/config x; git config a.b c"],
  ])("changes nothing else: %s", async (_, command) => {
    if (found.kind === "none") return;
    const { home: path, directory } = await home();
    await run(directory, command, { env: { ...process.env, HOME: path } });
    expect(await readFile(join(path, "readable.txt"), "utf8")).toBe("readable\n");
    expect(await readFile(join(directory, ".git/config"), "utf8")).toBe("[core]\n");
    for (const name of ["/new.txt", "/new", "/etc/new", "/usr/bin/new"])
      expect(existsSync(name), name).toBe(false);
    for (const name of ["new.txt", "project/.git/hooks/pre-commit", "project/old"])
      expect(existsSync(join(path, name)), name).toBe(false);
  });

  it.each(["commondir", "config.worktree"])(
    "leaves no file with which Git would run programs, and tells the model: %s",
    async (name) => {
      if (found.kind === "none") return;
      const { home: path, directory } = await home();
      const text = await run(directory, `echo ../evil > .git/${name}; ls .git`, {
        env: { ...process.env, HOME: path },
      });
      expect(existsSync(join(directory, ".git", name))).toBe(false);
      expect(text).toContain(`The command created .git/${name}, with which Git would run programs`);
    },
  );

  it("leaves no new hooks, but respects those that the user makes", async (context) => {
    needsSandbox(context);
    const { home: path, directory } = await home();
    const hooks = join(directory, ".git/hooks");
    await rm(hooks, { recursive: true });
    const requestPermission = async () => ({ allowed: true }) as const;
    const env = { ...process.env, HOME: path };
    const open = openLocalTools({ directory, requestPermission, sandbox: "require", env });
    onTestFinished(() => open.close());
    const command = "mkdir .git/hooks; echo evil > .git/hooks/pre-commit; cat .git/hooks/pre-commit";
    await callTool(open.tools, "shell", { command });
    expect(existsSync(hooks)).toBe(false);
    await mkdir(hooks);
    await writeFile(join(hooks, "pre-commit"), "good\n");
    expect((await callTool(open.tools, "shell", { command })).text).toContain("good\n");
    expect(await readFile(join(hooks, "pre-commit"), "utf8")).toBe("good\n");
  });

  it("cannot make a worktree belong to another repository", async (context) => {
    needsSandbox(context);
    const { home: path, directory } = await home();
    await rm(join(directory, ".git"), { recursive: true });
    await writeFile(join(directory, ".git"), "gitdir: /repository/.git/worktrees/w\n");
    const command = "echo 'gitdir: evil' > .git; rm -f .git; mv .git x; cp /dev/null .git";
    await run(directory, command, { env: { ...process.env, HOME: path } });
    expect(await readFile(join(directory, ".git"), "utf8")).toBe("gitdir: /repository/.git/worktrees/w\n");
  });

  it("cannot read credentials, but other files", async (context) => {
    needsSandbox(context);
    const { home: path, directory } = await home();
    const command = `cat ~/.ssh/secret ~/.aws/secret ~/.config/axio/secret ~/.config/gh/hosts.yml ~/.netrc; ls ~/.ssh ~/.aws; unshare -Urm sh -c 'umount ~/.ssh; umount ~/.netrc; cat ~/.ssh/secret ~/.netrc'; cat ~/readable.txt`;
    const text = await run(directory, command, { env: { ...process.env, HOME: path } });
    expect(text).not.toContain("a secret");
    // The errors come through another pipe, possibly last.
    expect(text).toContain("readable\n");
    expect(text.endsWith("\n[Exit code 0]")).toBe(true);
    // A place that the user allows is readable.
    const options = { env: { ...process.env, HOME: path }, credentialFiles: ["!~/.ssh/**"] };
    expect(await run(directory, "cat ~/.ssh/secret", options)).toBe("a secret\n[Exit code 0]");
  });

  it("cannot reach sockets of the system, nor those in the temporary directory", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const socket = join(await mkdtemp("/tmp/axio-socket-"), "socket");
    const server = createServer((connection) => connection.end("reached\n")).listen(socket);
    onTestFinished(() => void server.close());
    const text = await run(
      directory,
      `ls /run/user /var/run/docker.sock ${socket}; echo $DISPLAY$SSH_AUTH_SOCK`,
      {
        env: { PATH: process.env["PATH"], DISPLAY: ":0", SSH_AUTH_SOCK: socket },
      },
    );
    expect(text.match(/No such file/g)).toHaveLength(3);
    // Nor does it know their addresses.
    expect(text.split("\n")).toContain("");
  });

  it("has no network if the user says so", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const server = createServer((connection) => connection.end("reached\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") return expect.fail("There is no port.");
    const command = `cat < /dev/tcp/127.0.0.1/${address.port}`;
    expect(await run(directory, command)).toBe("reached\n[Exit code 0]");
    const text = await run(directory, command, { sandboxNetwork: false });
    expect(text).not.toContain("reached");
    expect(text).toMatch(/\[The command ran in a sandbox: .*, and has no network\./);
  });

  // No other process of the machine sleeps for this time.
  const left = `sleep 100.${process.pid}`;

  it.each([
    ["a process in the background", `${left} >/dev/null 2>&1 &`],
    ["a session of its own", `setsid ${left} >/dev/null 2>&1 &`],
    ["a cleared environment", `env -i setsid ${left} >/dev/null 2>&1 &`],
    ["a daemon", `(setsid sh -c '${left} & exit' &) >/dev/null 2>&1`],
  ])("leaves no process behind, and tells the model: %s", async (_, command) => {
    if (found.kind === "none") return;
    const { directory } = await home();
    const text = await run(directory, command);
    // It may not have become the program that it starts.
    expect(text).toMatch(
      /\[Processes that the command left in the background were ended: (?:sleep|setsid|env|sh|bash)\./,
    );
    const listed = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout ?? "";
    expect(listed).not.toContain(left);
  });

  it("gets a signal before it is killed, and reports how it ended", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const command = "trap 'echo cleaned; exit' TERM; sleep 30 & wait";
    expect(await run(directory, command, {}, { timeoutSeconds: 1 })).toMatch(
      /^cleaned\n\[Stopped after the timeout/,
    );
    expect(await run(directory, "kill -SEGV $$")).toBe("[Terminated by SIGSEGV]");
    expect(await run(directory, "exit 7")).toBe("[Exit code 7]");
    expect(await run(directory, "exec > >(cat); echo late")).toBe("late\n[Exit code 0]");
  });

  it("ends with the run, and with the tools", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const controller = new AbortController();
    const tools = localTools({ directory, requestPermission: async () => ({ allowed: true }) });
    const call = ["shell", { command: "echo started; sleep 987 & wait" }] as const;
    const run = callTools(tools, [call], {
      signal: controller.signal,
      onShown: (shown) => shown.includes("started\n") && controller.abort(),
    });
    await run.catch((error: unknown) => {
      if (!AxioError.is(error, "aborted")) throw error;
    });
    await expect
      .poll(() => spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout, { timeout: 10_000 })
      .not.toMatch(/^sleep 987$/m);
  });

  it("is not allowed to write where a link leads that an earlier command made", async (context) => {
    needsSandbox(context);
    const { home: path, directory } = await home();
    await rm(join(directory, ".git"), { recursive: true });
    await mkdir(join(path, "target"));
    const open = openLocalTools({ directory, requestPermission: async () => ({ allowed: true }) });
    onTestFinished(() => open.close());
    await callTool(open.tools, "shell", { command: "ln -s ../target .git" });
    await callTool(open.tools, "shell", { command: "echo x > .git/new; echo x > ../target/new" });
    expect(existsSync(join(path, "target/new"))).toBe(false);
    // Also not with other tools, which see the link from the beginning.
    await run(directory, "echo x > .git/new; echo x > ../target/new");
    expect(existsSync(join(path, "target/new"))).toBe(false);
  });
});

describe("the sandbox as a setting", needs(LINUX), () => {
  const requests: PermissionRequest[] = [];
  const requestPermission = async (request: PermissionRequest) => {
    requests.push(request);
    return { allowed: true } as const;
  };

  it("is named to the model when a command fails, which may ask the user to run it without", async (context) => {
    needsSandbox(context);
    const { home: path, directory } = await home();
    const tools = localTools({ directory, requestPermission });
    const command = "echo x > ../new.txt";
    const { text } = await callTool(tools, "shell", { command });
    expect(text).toMatch(
      /\[Exit code 1\]\n\[The command ran in a sandbox: it can write only in .* call shell again with "withoutSandbox": true; the user is asked\.\]$/,
    );
    await callTool(tools, "shell", { command, withoutSandbox: true });
    expect(await readFile(join(path, "new.txt"), "utf8")).toBe("x\n");
    expect(requests).toMatchObject([
      {
        title: "Run a command",
        key: `shell:${command}`,
        subject: { type: "shell", command, leavesSandbox: false },
      },
      {
        title: "Run a command without a sandbox",
        key: `shell-without-sandbox:${command}`,
        subject: { type: "shell", command, leavesSandbox: true },
      },
    ]);
  });

  it("cannot be left if it is required", async (context) => {
    needsSandbox(context);
    const { directory } = await home();
    const text = await run(directory, "true", {}, { withoutSandbox: true });
    expect(text).toBe("The user's settings require the sandbox.");
    expect(await run(directory, "touch /x")).toContain("The user's settings require the sandbox.");
  });

  it("does not restrict commands if it is off", async () => {
    const { home: path, directory } = await home();
    const user = scriptedUser();
    const tools = localTools({ directory, requestPermission: user.requestPermission, sandbox: "off" });
    expect((await callTool(tools, "shell", { command: "echo x > ../new.txt" })).text).toBe("[Exit code 0]");
    expect(existsSync(join(path, "new.txt"))).toBe(true);
    expect(user.requests).toMatchObject([{ title: "Run a command" }]);
  });
});

const POLICY: SandboxPolicy = {
  directory: '/home/ada/a "b"',
  temporaryDirectory: "/tmp/axio-1",
  systemTemporaryDirectories: ["/tmp"],
  readOnly: [{ path: '/home/ada/a "b"/.git/hooks', isDirectory: true }],
  pinned: [{ path: '/home/ada/a "b"/.git', isDirectory: true }],
  hidden: [
    { path: "/home/ada/.ssh", isDirectory: true },
    { path: "/home/ada/.netrc", isDirectory: false },
  ],
  runPaths: ["/run/systemd/resolve"],
  network: false,
};

describe("the policy", () => {
  it("becomes arguments of bubblewrap: what is hidden is mounted last", () => {
    const text = bubblewrapArguments(POLICY).join(" ");
    expect(text).toContain("--unshare-net");
    expect(text).toContain("--new-session --die-with-parent");
    expect(text).toMatch(
      /--ro-bind \/ \/ .*--tmpfs \/run --ro-bind-try \/run\/systemd\/resolve .*--bind \/tmp\/axio-1 \/tmp --bind \/home\/ada\/a "b" .*--tmpfs \/home\/ada\/\.ssh --ro-bind \/dev\/null \/home\/ada\/\.netrc --chdir/,
    );
    expect(bubblewrapArguments({ ...POLICY, network: true })).not.toContain("--unshare-net");
  });

  it("becomes a profile of sandbox-exec: what is hidden is denied last", () => {
    expect(seatbeltProfile(POLICY)).toMatchInlineSnapshot(`
      "(version 1)
      (allow default)
      (deny file-write*)
      (allow file-write* (subpath "/home/ada/a \\"b\\"") (subpath "/tmp/axio-1") (subpath "/tmp"))
      (allow file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/dtracehelper") (subpath "/dev/fd"))
      (deny file-write-unlink (literal "/home/ada/a \\"b\\"/.git"))
      (deny file-write* (subpath "/home/ada/a \\"b\\"/.git/hooks"))
      (deny file-read* file-write* (subpath "/home/ada/.ssh"))
      (deny file-read* file-write* (literal "/home/ada/.netrc"))
      (deny network-outbound (literal "/private/var/run/docker.sock"))
      (deny appleevent-send)
      (deny mach-lookup (global-name "com.apple.coreservices.launchservicesd"))
      (deny network*)
      "
    `);
  });

  it("hides the places of the list of credential files that are in the home directory", () => {
    const places = hiddenPlaces([
      "~/.ssh/**",
      "!~/.ssh/*.pub",
      ".netrc",
      "*.kdbx",
      "~/.aws/**",
      "secrets/**",
      "!~/.aws/**",
    ]);
    expect(places).toEqual(expect.arrayContaining([".ssh", ".netrc", ".docker"]));
    expect(places.filter((place) => /pub|kdbx|aws|secrets/.test(place))).toEqual([]);
  });
});
