import { startPatientTimer } from "./delay.ts";

/** Watches the idle time of a stream. */
export interface IdleWatch {
  /** An event came. */
  pause(): void;
  /** The wait for the next event begins. */
  resume(): void;
  stop(): void;
}

/**
 * Calls `onIdle` when a wait takes too long. All waits share one timer: when it fires, it is set again for the remaining
 * time. So an event costs a look at the clock and no timer.
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
