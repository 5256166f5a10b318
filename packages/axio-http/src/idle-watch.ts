import { startPatientTimer } from "./delay.ts";

/** Watches the waits of a stream. */
export interface IdleWatch {
  /** The wait is over: an event came. */
  pause(): void;
  /** A new wait begins. */
  resume(): void;
  stop(): void;
}

/**
 * Calls back once a wait lasts too long. One timer for all waits: when it ends it looks at the clock, and is set for
 * what is left, so that an event costs a look at the clock and no timer.
 */
export function watchIdleness(timeoutMs: number, onIdle: () => void): IdleWatch {
  let waiting = true;
  let waitingSince = performance.now();
  const onTimer = (): void => {
    const leftMs = waiting ? waitingSince + timeoutMs - performance.now() : timeoutMs;
    if (leftMs > 0) stopTimer = startPatientTimer(leftMs, onTimer);
    else onIdle();
  };
  let stopTimer = startPatientTimer(timeoutMs, onTimer);
  return {
    pause() {
      waiting = false;
    },
    resume() {
      waiting = true;
      waitingSince = performance.now();
    },
    stop: () => stopTimer(),
  };
}
