// Whether a value is data alone: what one function gives another may hold nothing that runs or goes on.

/** What in the value is more than data, as `a function`; `undefined`: nothing. */
export function moreThanData(value: unknown): string | undefined {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === 'function') return 'a function';
    if (typeof one === 'symbol') return 'a symbol';
    if (typeof one !== 'object' || one === null || seen.has(one)) continue;
    seen.add(one);
    if (one instanceof Promise) return 'a promise';
    if (one instanceof ReadableStream || one instanceof WritableStream) return 'a stream';
    if (one instanceof Map) for (const [key, member] of one) waiting.push(key, member);
    else if (one instanceof Set) for (const member of one) waiting.push(member);
    else if (!ArrayBuffer.isView(one))
      for (const key of Object.keys(one)) waiting.push((one as Record<string, unknown>)[key]);
  }
  return undefined;
}
