import { readdirSync, readFileSync } from 'node:fs';

/** What could leak, as the kernel sees it. Sizes are bytes. */
export interface ProcessFacts {
  rss: number;
  threads: number;
  /** Open file descriptors. */
  handles: number;
  /** Memory mappings: each isolate has a few. */
  mappings: number;
}

export function processFacts(): ProcessFacts {
  const status = readFileSync('/proc/self/status', 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  return {
    rss: field('VmRSS') * 1024,
    threads: field('Threads'),
    handles: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8').split('\n').length - 1,
  };
}

/** CPU time of this process in milliseconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
