import { RuntimePool, ServerlessRuntime } from 'isolet';
import { describe, expect, it } from 'vitest';

// No process is started by any of these.
const wrong: [option: string, isolation: unknown][] = [
  ['isolation', 'processes'],
  ['isolation', 5],
  ['isolation', null],
  ['isolation', []],
  ['isolation.mode', { mode: 'cell' }],
  ['isolation.maxCell', { maxCell: 5 }],
  ['isolation.maxMemory', { maxMemory: 2 ** 30 }],
  ['isolation.group', { group: 'tenants' }],
  ['isolation.group', { group: 5 }],
  ['isolation.maxCells', { maxCells: 0 }],
  ['isolation.maxCells', { maxCells: 1.5 }],
  ['isolation.maxCells', { maxCells: '5' }],
  ['isolation.spareCells', { spareCells: -1 }],
  ['isolation.maxCellMemoryMb', { maxCellMemoryMb: 191 }],
  ['isolation.maxCellMemoryMb', { maxCellMemoryMb: Number.POSITIVE_INFINITY }],
  ['isolation.maxCellAge', { maxCellAge: 0 }],
  ['isolation.maxCellAge', { maxCellAge: Number.NaN }],
  ['isolation.maxCellAge', { maxCellAge: '1h' }],
  ['isolation.namespaces', { namespaces: true }],
  ['isolation.landlock', { landlock: 'maybe' }],
  ['isolation.startTimeout', { startTimeout: 0 }],
  ['isolation.user', { user: 'nobody' }],
  ['isolation.user.uid', { user: { uid: -1, gid: 0 } }],
];

const invalid = (option: string) => expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG', option });

describe('options of isolation that make no sense', () => {
  it.each(wrong)('%s is named, given %o', (option, isolation) => {
    expect(() => new RuntimePool({}, { isolation: isolation as never })).toThrow(invalid(option));
    expect(() => new ServerlessRuntime({}, { isolation: isolation as never })).toThrow(invalid(option));
    const pool = { isolation: isolation as never };
    expect(() => new ServerlessRuntime({}, { pool })).toThrow(invalid(`pool.${option}`));
  });

  it('say what would be right', () => {
    expect(() => new RuntimePool({}, { isolation: 'prozess' as never })).toThrow(
      "'isolation' must be one of 'isolate', 'process'. Received 'prozess'.",
    );
    expect(() => new RuntimePool({}, { isolation: { maxCels: 1 } as never })).toThrow("Did you mean 'maxCells'?");
  });

  it('are not given twice', () => {
    expect(() => new ServerlessRuntime({}, { isolation: 'process', pool: { isolation: 'isolate' } })).toThrow(
      invalid('isolation'),
    );
  });

  it('are no options of the runtimes of a pool', () => {
    expect(() => new RuntimePool({}, { runtime: { isolation: 'process' } as never })).toThrow(
      invalid('runtime.isolation'),
    );
  });

  it.each(['cell', true, {}])('a tier names one of two ways, not %o', (isolation) => {
    const tiers = { free: { isolation: isolation as never } };
    expect(() => new ServerlessRuntime({}, { tiers })).toThrow(invalid('tiers.free.isolation'));
  });
});
