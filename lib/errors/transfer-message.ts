import type { ErrorRecord } from '../native.ts';

type TransferRecord = Extract<ErrorRecord, { kind: 'transfer' }>;

/** What happened, where in the value, and what to do. */
export function transferMessage(record: TransferRecord): string {
  const at = record.path === '' || record.message.includes(record.path) ? '' : ` (at ${record.path})`;
  return `${sentence(record)}${at}.${advice(record)}`;
}

function sentence({ reason, message, limit, actual }: TransferRecord): string {
  if (reason === 'depth') return `The value is nested too deep to cross: ${actual} levels, the limit is ${limit}`;
  if (reason === 'bytes') {
    return `The value is too large to cross: it takes at least ${actual} bytes where it arrives, the limit is ${limit}`;
  }
  if (reason === 'handles') return `The value has more than ${limit} functions, promises and streams`;
  if (reason === 'held') return `The host holds ${limit} functions, promises and streams of this runtime already`;
  if (message === '') return `The value is over a transfer limit: ${actual}, the limit is ${limit}`;
  if (/^\w+( \w+)?$/.test(message)) return `A value of type ${message} can't cross between host and guest`;
  if (reason === 'unsupported' && /^[a-z]/.test(message)) return `A ${message} can't cross between host and guest`;
  return message.replace(/\.$/, '');
}

function advice({ reason }: TransferRecord): string {
  if (reason === 'depth') return " Flatten it, or raise 'maxTransferDepth'.";
  if (reason === 'bytes') return " Send less at a time, or raise 'maxTransferBytes'.";
  if (reason === 'held') return " Release those that are done, or raise 'maxHeldHandles' or 'maxHeapSize'.";
  return '';
}
