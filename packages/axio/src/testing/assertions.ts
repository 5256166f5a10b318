import { AxioError } from "../errors.ts";

/** Throws an error with `message` unless the condition holds. Needs no test runner. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws an error unless both values are the same. */
export function assertEqual<T extends string | number>(actual: T, expected: T, subject: string): void {
  assert(
    actual === expected,
    `Expected ${subject} to be ${JSON.stringify(expected)}, but got ${JSON.stringify(actual)}.`,
  );
}

/** Returns the `AxioError` that the task throws. Throws an error if it throws none. */
export async function assertRejects(task: () => Promise<unknown>): Promise<AxioError> {
  try {
    await task();
  } catch (error) {
    assert(AxioError.is(error), `Expected an AxioError, but got: ${String(error)}`);
    return error;
  }
  throw new Error("Expected an error, but there was none.");
}

/** Throws an error with `message` unless the task is done in time. */
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
