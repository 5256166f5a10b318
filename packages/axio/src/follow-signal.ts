interface Followers {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const followersOf = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when a signal fires, at once if it has. All callbacks of a signal share one listener: Node.js warns of a leak
 * if a signal has more than ten, and many runs may share one signal.
 *
 * @returns A function that stops this.
 */
export function followSignal(signal: AbortSignal, onAbort: () => void): () => void {
  if (signal.aborted) {
    onAbort();
    return () => undefined;
  }
  const { callbacks, listener } = followersOf.get(signal) ?? listen(signal);
  callbacks.add(onAbort);
  return () => {
    callbacks.delete(onAbort);
    if (callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    followersOf.delete(signal);
  };
}

function listen(signal: AbortSignal): Followers {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const onAbort of [...callbacks]) onAbort();
  };
  const followers: Followers = { callbacks, listener };
  followersOf.set(signal, followers);
  signal.addEventListener("abort", listener, { once: true });
  return followers;
}
