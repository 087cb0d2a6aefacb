import { readFileSync, writeFileSync } from 'node:fs';

/** Bytes, from /proc; 0 when the process is gone. */
export function memoryOf(pid = 'self') {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
    return { rss: field('VmRSS'), peak: field('VmHWM'), threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1] ?? 0) };
  } catch {
    return { rss: 0, peak: 0, threads: 0 };
  }
}

/** A process and those that it started, as long as they are there. */
export function processesOf(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => processesOf(Number(child))))];
  } catch {
    return [];
  }
}

/** From now on the peak is counted anew. */
export function resetPeak() {
  writeFileSync('/proc/self/clear_refs', '5');
}

/** Longest time the event loop stood still, in milliseconds. */
export function startHeartbeat() {
  let last = performance.now();
  let longest = 0;
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(beat, 5);
  return {
    stop() {
      beat();
      clearInterval(timer);
      return longest;
    },
  };
}

/**
 * CPU time of the whole process while nothing is asked of it, as a share of one core. A guest in a native routine is
 * stopped after a few seconds of processor time at most: it may go on for `work` milliseconds of that, counted as the
 * engine does, the system's part by a quarter, because machines differ in how long they take to hand out memory.
 */
export async function restlessness(ms, work) {
  for (const began = process.cpuUsage(); ; ) {
    const before = process.cpuUsage();
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / (performance.now() - start);
    const since = process.cpuUsage(began);
    if (share < 0.25 || (since.user + since.system / 4) / 1000 > work) return share;
  }
}
