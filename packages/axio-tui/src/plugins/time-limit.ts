/**
 * Limits how long a call of a plugin may take.
 *
 * @param late Receives a result that arrives too late, to close it.
 * @throws The error of `timedOut`.
 */
export async function withTimeLimit<Result>(
  call: () => Result | Promise<Result>,
  limitMs: number,
  timedOut: () => Error,
  late: (result: Result) => void = () => undefined,
): Promise<Result> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(timedOut());
    }, limitMs);
  });
  const result = Promise.resolve().then(call);
  result.then(
    (value) => {
      if (isOver) late(value);
    },
    () => undefined,
  );
  try {
    return await Promise.race([result, limit]);
  } finally {
    clearTimeout(timer);
  }
}
