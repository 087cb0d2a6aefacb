import type { RuntimeCore } from './core.ts';

/**
 * Refuses new work and waits until no call is pending and what the last one reported (rejections nobody handles,
 * console lines) has arrived, the runtime ends by itself, or `timeout` milliseconds passed.
 */
export async function closeWhenDrained(core: RuntimeCore, timeout: number | undefined): Promise<void> {
  core.draining = true;
  const idle = core.calls.whenIdle().then(() => core.turnEnded());
  if (timeout === undefined) return idle;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([idle, expired]);
  clearTimeout(timer);
}
