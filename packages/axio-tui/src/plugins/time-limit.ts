/**
 * Waits for a plugin, but not for ever.
 *
 * @param late Gets what came too late, so that it can be closed.
 * @throws what `timedOut` makes, where nothing came in time.
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
