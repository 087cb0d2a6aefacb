/**
 * What a cell's process runs: loads the addon, makes warm what is lazy, seals the process and says which walls stand.
 * Bundled to dist/cell.cjs. Its arguments: the file of the addon, the bound of its memory, the layers that are required,
 * and `serve` if it then serves guests; otherwise another script that has loaded this one goes on.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { giveWebPrograms } from '../native/web-programs.ts';
import type { NativeAddon, NativeWall } from '../native.ts';

const [addonFile = '', memory = '0', required = '', mode = ''] = process.argv.slice(2);
const serves = mode === 'serve';

/** The one way out: the other end is the host's. */
const descriptor = 3;

const addon = createRequire(import.meta.url)(addonFile) as NativeAddon;

/** Opened before the seal; no descriptor is after it. The engine's own where it serves. */
export const channel = serves ? undefined : openChannel();

/** When the host is gone there is nothing left to do. */
function openChannel(): Socket {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  socket.on('error', () => {}).on('close', () => process.exit());
  return socket.resume();
}

/** What reads files when it is first used: ICU, and the streams that Node's own messages go to. */
function warmUp(): void {
  new Date().toLocaleString('en', { timeZoneName: 'long' });
  new Intl.NumberFormat('de', { style: 'currency', currency: 'EUR' }).format(1);
  'a'.localeCompare('b', 'sv');
  new Intl.Segmenter('ja', { granularity: 'word' }).segment('a').containing(0);
  void process.stdout;
  void process.stderr;
}

/** The engine's threads do the work; this one has to be there for them. */
function stay(): void {
  setInterval(() => {}, 2 ** 31 - 1);
}

function tell(message: { walls: NativeWall[] } | { error: string }): void {
  writeSync(descriptor, `${JSON.stringify(message)}\n`);
}

try {
  warmUp();
  // Their files are out of reach afterwards.
  if (serves) giveWebPrograms(addon);
  tell({ walls: addon.sealCell(Number(memory), required, serves ? descriptor : undefined) });
  if (serves) stay();
} catch (error) {
  tell({ error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
