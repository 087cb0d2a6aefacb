// What a call costs in processor time, of all threads of the process, beside the time it takes: a thread that spins makes
// calls quicker and dearer.
import { execFileSync } from 'node:child_process';
import { isolatedVm, isoletGuest, workerGuest } from './subjects.mjs';

const FN = '(n) => n + 1';

/** From here on this process has one core, as in a small container. */
function useOneCore(tools) {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(process.pid)], { stdio: 'ignore' });
  } catch {
    tools.unavailable('no taskset here');
  }
}

const guests = {
  async isolet(tools) {
    const guest = isoletGuest(tools);
    const fn = guest.fn(FN);
    return { call: () => fn.callAsync([1]), close: guest.close };
  },
  async 'isolated-vm'(tools) {
    const guest = isolatedVm(tools);
    const fn = guest.fn(FN);
    return { call: () => fn.apply(undefined, [1]), close: guest.close };
  },
  async worker_threads() {
    const guest = await workerGuest(FN);
    return { call: () => guest.call([1]), close: guest.close };
  },
};

/** A sample is the processor time per call of some milliseconds; the note is the time per call. */
function measured(tools, { call, close }, inFlight, pause) {
  const bursts = tools.size(Math.ceil((pause ? 200 : 2000) / inFlight), 2);
  let times = [];
  const oneSample = async () => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    for (let burst = 0; burst < bursts; burst += 1) {
      const pending = [];
      for (let i = 0; i < inFlight; i += 1) pending.push(call());
      await Promise.all(pending);
      if (pause) await tools.sleep(pause);
    }
    const calls = bursts * inFlight;
    times.push(((performance.now() - began) * 1000) / calls);
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / calls;
  };
  return {
    async sample() {
      times = [];
      const samples = [];
      for (let i = 0; i < tools.size(20, 2); i += 1) samples.push(await oneSample());
      return samples;
    },
    notes: () => `${times.sort((a, b) => a - b)[times.length >> 1].toFixed(1)} µs a call`,
    close,
  };
}

const processorTime = (inFlight, pause) => {
  const variants = {};
  for (const [name, make] of Object.entries(guests)) {
    variants[name] = async (tools) => measured(tools, await make(tools), inFlight, pause);
    variants[`${name}, one core`] = async (tools) => {
      useOneCore(tools);
      return measured(tools, await make(tools), inFlight, pause);
    };
  }
  return {
    name: `processor-${inFlight}${pause ? '-paced' : ''}`,
    title: `processor time of an async call, ${inFlight} in flight${pause ? `, ${pause} ms between two` : ''}`,
    unit: 'µs of processor',
    variants,
  };
};

export default [processorTime(1), processorTime(8), processorTime(64), processorTime(1, 1)];
