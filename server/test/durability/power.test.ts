import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';
import { buildDisk, Disk, hasDisk } from './disk.ts';
import { allUntilGone, killAfterSome, Workload } from './workload.ts';

/** Which walls functions have changes nothing about what is kept. */
const isolation = { ISOLET_SERVER_ISOLATION: 'isolate' };

it.skipIf(!hasDisk)(
  'what was acknowledged is there after a power failure that takes all that was not waited for',
  async () => {
    await using folder = await dataFolder();
    const library = await buildDisk(folder.path);
    const workload = new Workload();
    let data: string | undefined;
    for (let round = 0; round < 6; round++) {
      const place = join(folder.path, String(round));
      await mkdir(place);
      const disk = await Disk.make(library, place, data);
      {
        await using server = await ServerProcess.start(disk.path, { ...disk.env, ...isolation });
        await workload.check(server);
        await allUntilGone(workload.writers(server, killAfterSome(server)));
        await server.end('SIGKILL');
      }
      data = await disk.fail(join(place, 'after'));
      expect(await readdir(data)).toEqual(expect.arrayContaining(['key', 'kv.db', 'server.db', 'sql']));
    }
    await using server = await ServerProcess.start(data as string, isolation);
    await workload.check(server);
  },
);
