/** What the process says when it ends. Part of the command's interface: scripts rely on it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  usageLimit: 4,
  interrupted: 130,
} as const;

/** The codes with their meaning, for the help. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "it worked"],
  [EXIT.failed, "it failed, or the answer was cut off"],
  [EXIT.usage, "wrong usage"],
  [EXIT.notSignedIn, "nobody is signed in, or the sign-in has ended"],
  [EXIT.usageLimit, "the account's limit is used up"],
  [EXIT.interrupted, "stopped with Ctrl-C"],
];
