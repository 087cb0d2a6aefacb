import { Snapshot, SnapshotError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { decodeReplay, encodeReplay, isReplay } from '../../lib/runtime/replay.ts';

const replay = {
  scripts: [
    { filename: 'a.js', code: 'globalThis.a = "ä \u{1f600} \ud800"' },
    { filename: 'b.js', code: '' },
  ],
  maxTimers: 3,
  streams: true,
  web: true,
};

describe('recorded snapshots', () => {
  it('come back as they went in, lone surrogates included', () => {
    const bytes = encodeReplay(replay);
    expect(isReplay(bytes)).toBe(true);
    expect(decodeReplay(bytes)).toEqual(replay);
  });

  it('are the same bytes for the same scripts', () => {
    expect(encodeReplay(replay).equals(encodeReplay(replay))).toBe(true);
  });

  it('every changed byte is found', () => {
    const bytes = encodeReplay(replay);
    for (let i = 8; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => Snapshot.from(changed), `byte ${i}`).toThrow(SnapshotError);
    }
  });

  it('every truncation is found', () => {
    const bytes = encodeReplay(replay);
    for (let length = 8; length < bytes.length; length++) {
      expect(() => Snapshot.from(bytes.subarray(0, length)), `length ${length}`).toThrow(SnapshotError);
    }
  });

  it('another format version is named', () => {
    const bytes = encodeReplay(replay);
    bytes[8] = 9;
    expect(() => Snapshot.from(bytes)).toThrow(/format 9 .* reads format 2/);
  });

  it('Snapshot.from copies: changing the bytes later changes nothing', () => {
    const bytes = encodeReplay(replay);
    const snapshot = Snapshot.from(bytes);
    bytes.fill(0);
    expect(snapshot.kind).toBe('replay');
    expect(decodeReplay(snapshot.toBuffer())).toEqual(replay);
    snapshot.toBuffer().fill(0);
    expect(decodeReplay(snapshot.toBuffer())).toEqual(replay);
  });

  it('refuses what is not bytes, and no bytes', () => {
    for (const value of [undefined, null, 'x', {}, [1], new ArrayBuffer(8)]) {
      expect(() => Snapshot.from(value as never)).toThrow(TypeError);
    }
    expect(() => Snapshot.from(new Uint8Array())).toThrow(SnapshotError);
    expect(() => new (Snapshot as never as new () => Snapshot)()).toThrow(TypeError);
  });
});
