/** What the process says when it ends, as `axio-codex` does. Part of the command's interface: scripts rely on it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  interrupted: 130,
} as const;
