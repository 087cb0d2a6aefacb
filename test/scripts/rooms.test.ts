import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

interface Room {
  name: string;
  about: string;
}

const { checkRooms, rooms } = (await import(new URL('../../scripts/check-rooms.mjs', import.meta.url).href)) as {
  checkRooms(folder: string, order?: Room[]): string[];
  rooms: Room[];
};

const order = [
  { name: 'cellar', about: 'below' },
  { name: 'hall', about: 'in the middle' },
  { name: 'attic/left', about: 'above' },
];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function check(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'isolet-rooms-'));
  folders.push(folder);
  const readmes = Object.fromEntries(order.map(({ name }) => [`${name}/README.md`, 'For tests.\n']));
  for (const [name, text] of Object.entries({ ...readmes, ...files })) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return checkRooms(folder, order);
}

describe('the rooms of native/', () => {
  it('include only what comes before them, are short and say what they are for', () => {
    expect(checkRooms(fileURLToPath(new URL('../../native', import.meta.url)))).toEqual([]);
  });

  it('have one sentence each', () => {
    expect(new Set(rooms.map(({ name }) => name)).size).toBe(rooms.length);
    for (const { about } of rooms) expect(about).toMatch(/^\S.{10,99}$/);
  });
});

describe('the check of rooms', () => {
  it('takes includes of the own room, of rooms before it and of the system', () => {
    const files = {
      'cellar/coal.h': '#include <vector>\n',
      'hall/door.cc': '#include "hall/door.h"\n\n#include "cellar/coal.h"\n',
      'hall/door.h': '',
      'attic/left/box.cc': '#include "cellar/coal.h"\n#include "hall/door.h"\n',
      'main.cc': '#include "attic/left/box.h"\n',
    };
    expect(check(files)).toEqual([]);
  });

  it('refuses an include that goes up, and says what to do instead', () => {
    expect(check({ 'cellar/coal.cc': '#include <vector>\n#include "attic/left/box.h"\n' })).toEqual([
      expect.stringMatching(
        /^cellar\/coal\.cc includes attic\/left\/box\.h, but cellar comes before attic\/left\. Take /,
      ),
    ]);
  });

  it('refuses a file in a room that it does not know, and an include without a room', () => {
    expect(check({ 'shed/tool.h': '' })).toEqual([expect.stringMatching(/^shed\/tool\.h is in no room .* add 'shed'/)]);
    expect(check({ 'hall/door.cc': '#include "door.h"\n' })).toEqual([
      expect.stringMatching(/^hall\/door\.cc includes "door\.h", which names no room/),
    ]);
  });

  it('refuses a file that is too long, and a room that says nothing or too much about itself', () => {
    expect(check({ 'hall/door.h': '//\n'.repeat(351) })).toEqual([
      expect.stringMatching(/^hall\/door\.h has 351 lines; 350 are the most/),
    ]);
    expect(check({ 'hall/README.md': 'x\n'.repeat(16), 'hall/door.h': '' })).toEqual([
      'hall/README.md has more than 15 lines',
    ]);
  });

  it('asks a room without README.md for one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'isolet-rooms-'));
    folders.push(folder);
    mkdirSync(join(folder, 'hall'));
    writeFileSync(join(folder, 'hall/door.h'), '');
    expect(checkRooms(folder, order)).toEqual([expect.stringMatching(/^hall has no README\.md that says/)]);
  });
});
