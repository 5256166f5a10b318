import { fromBatches, readBatches } from "axio/transport";
import { describe, expect, it } from "vitest";
import { deferred } from "./support.ts";

async function* numbers(log: string[] = []): AsyncGenerator<readonly number[], void, undefined> {
  log.push("open");
  try {
    yield [1, 2];
    yield [];
    yield [3];
  } finally {
    log.push("close");
  }
}

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

describe("an iterable from batches", () => {
  it("yields single items, and starts again for each loop", async () => {
    const iterable = fromBatches(numbers);
    expect(await all(iterable)).toEqual([1, 2, 3]);
    expect(await all(iterable)).toEqual([1, 2, 3]);
  });

  it("yields its batches to readBatches(), which reads any other iterable item by item", async () => {
    expect(await all(readBatches(fromBatches(numbers)))).toEqual([[1, 2], [], [3]]);
    const plain = (async function* () {
      yield 1;
      yield 2;
    })();
    expect(await all(readBatches(plain))).toEqual([[1], [2]]);
  });

  it("opens when it is iterated, and closes if the loop is left, also inside a batch", async () => {
    const log: string[] = [];
    const iterable = fromBatches(() => numbers(log));
    expect(log).toEqual([]);
    for await (const item of iterable) {
      expect(item).toBe(1);
      break;
    }
    expect(log).toEqual(["open", "close"]);
    for await (const _batch of readBatches(iterable)) break;
    expect(log).toEqual(["open", "close", "open", "close"]);
  });

  it("is done after it was left", async () => {
    const iterator = fromBatches(numbers)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("throws the error of the source once, after the items before it", async () => {
    const failing = fromBatches(async function* () {
      yield [1];
      throw new Error("gone");
    });
    const iterator = failing[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    await expect(iterator.next()).rejects.toThrow("gone");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("does not let a later next() overtake a waiting one", async () => {
    const iterator = fromBatches(async function* () {
      yield [1, 2, 3];
    })[Symbol.asyncIterator]();
    const first = iterator.next();
    const second = iterator.next();
    const third = first.then(() => iterator.next());
    expect((await Promise.all([first, second, third])).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it("keeps the order of concurrent next() and return() calls", async () => {
    const gate = deferred();
    const iterator = fromBatches(async function* () {
      await gate.promise;
      yield [1, 2];
      yield [3, 4, 5];
    })[Symbol.asyncIterator]();
    const pending = [iterator.next(), iterator.next(), iterator.next(), iterator.return?.(), iterator.next()];
    gate.resolve();
    expect((await Promise.all(pending)).map((result) => result?.value)).toEqual([
      1,
      2,
      3,
      undefined,
      undefined,
    ]);
  });
});
