import { AxioError } from "../errors.ts";

/** Fails with `message` unless the condition holds. Needs no test runner. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails unless both are the same. */
export function assertEqual<T extends string | number>(actual: T, expected: T, what: string): void {
  assert(
    actual === expected,
    `Expected ${what} to be ${JSON.stringify(expected)}, but it is ${JSON.stringify(actual)}.`,
  );
}

/** Fails unless the task fails with an `AxioError`, which it gives. */
export async function assertRejects(task: () => Promise<unknown>): Promise<AxioError> {
  try {
    await task();
  } catch (error) {
    assert(AxioError.is(error), `Expected an AxioError, but got: ${String(error)}`);
    return error;
  }
  throw new Error("Expected an error, but there was none.");
}

/** Fails with `message` if the task is not done in time. */
export async function assertDone<T>(task: Promise<T>, deadlineMs: number, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(message)), deadlineMs);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}
