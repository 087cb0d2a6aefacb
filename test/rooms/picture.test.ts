import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const base = new URL('../../', import.meta.url);
const load = (script: string): Promise<unknown> => import(new URL(`scripts/${script}`, base).href);
const { libRooms } = (await load('check-lib-rooms.mjs')) as { libRooms: string[] };
const { rooms } = (await load('check-rooms.mjs')) as { rooms: { name: string }[] };
const { roomsPicture, withPicture } = (await load('rooms-picture.mjs')) as {
  roomsPicture(root: string): string;
  withPicture(page: string, root: string): string;
};

const root = fileURLToPath(base);
const page = readFileSync(new URL('docs/architecture.md', base), 'utf8');

describe('the picture of the rooms', () => {
  it('is in the architecture page as the rooms are now (npm run docs:rooms draws it)', () => {
    expect(withPicture(page, root)).toBe(page);
    expect(page).toContain(roomsPicture(root));
  });

  it('has every room', () => {
    for (const name of [...libRooms, ...rooms.map((room) => room.name)]) expect(page).toContain(`["${name}"]`);
  });

  it('leads down only, and has no short cut of a longer way', () => {
    const order = [...page.matchAll(/^ {4}(\w+)\["/gm)].map(([, id = '']) => id);
    const arrows = [...page.matchAll(/^ {4}(\w+) --> (\w+)$/gm)].map(([, from = '', to = '']) => [from, to] as const);
    expect(arrows.length).toBeGreaterThan(20);
    for (const [from, to] of arrows) expect(order.indexOf(from), `${from} --> ${to}`).toBeLessThan(order.indexOf(to));
    const reaches = (from: string, to: string): boolean =>
      arrows.some(([a, b]) => a === from && (b === to || reaches(b, to)));
    for (const [from, to] of arrows) {
      const others = arrows.filter(([a, b]) => a === from && b !== to);
      expect(others.filter(([, b]) => reaches(b, to))).toEqual([]);
    }
  });
});
