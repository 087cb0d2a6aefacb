import { readFileSync } from 'node:fs';

/** What a process has taken of the machine. */
export interface ProcessUse {
  /** Bytes in use that it shares with no other. */
  memoryBytes: number;
  /** Processor time in ms, over all its threads. */
  cpuMs: number;
}

/** Of memory in `/proc`, whose pages are as large as the machine's; and its ticks are hundredths of a second. */
const kibibyte = 1024;
const tick = 10;

/** As the system says, which is not to be fooled by what runs there; undefined when the process is gone. */
export function readProcessUse(pid: number): ProcessUse | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const anonymous = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
    // Its name stands in brackets and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    if (anonymous === undefined || fields[0] === 'Z') return undefined;
    return { memoryBytes: Number(anonymous) * kibibyte, cpuMs: (Number(fields[11]) + Number(fields[12])) * tick };
  } catch {
    return undefined;
  }
}
