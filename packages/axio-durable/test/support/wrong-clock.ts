/** Arguments of Node for a process whose clock is off: by one of these times after the other, in milliseconds, at each look. */
export function wrongClock(...offsets: readonly number[]): readonly string[] {
  const script = `
    const offsets = ${JSON.stringify(offsets)};
    const real = Date.now;
    let looks = 0;
    const now = () => real() + offsets[looks++ % offsets.length];
    globalThis.Date = new Proxy(Date, {
      construct: (target, values) => (values.length === 0 ? new target(now()) : new target(...values)),
      get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    });`;
  return ["--import", `data:text/javascript,${encodeURIComponent(script)}`];
}
