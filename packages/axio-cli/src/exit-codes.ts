/** The exit codes of the process. Scripts rely on them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  usageLimit: 4,
  interrupted: 130,
  terminated: 143,
} as const;

/** The meaning of the codes, for help texts. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "success"],
  [EXIT.failed, "failure, or a truncated response"],
  [EXIT.usage, "wrong usage"],
  [EXIT.notSignedIn, "not signed in, or the sign-in has expired"],
  [EXIT.usageLimit, "the account's usage limit is reached"],
  [EXIT.interrupted, "stopped with Ctrl-C"],
];
