import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readPage, root } from './blocks.ts';

/** What npm would publish. */
function published(): string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const listing = JSON.parse(output.slice(output.search(/^[[{]/m)));
  const [first] = Array.isArray(listing) ? listing : Object.values(listing);
  return first.files.map(({ path }: { path: string }) => path);
}

const files = published();

it.each(files.filter((path) => path.endsWith('.md')))('links of %s lead to files of the package', (page) => {
  for (const [, target = ''] of readPage(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
    const path = posix.normalize(posix.join(posix.dirname(page), target));
    const found = files.some((file) => file === path || file.startsWith(`${path}/`));
    expect(found, target).toBe(true);
  }
});

it('links to headings lead to headings', () => {
  const anchor = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  for (const page of files.filter((path) => path.endsWith('.md'))) {
    for (const [, target = '', hash = ''] of readPage(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      const path = target === '' ? page : posix.normalize(posix.join(posix.dirname(page), target));
      const anchors = [...readPage(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
      expect(anchors, `${page}: ${target}#${hash}`).toContain(hash);
    }
  }
});

it('the package says where it is from, so that a registry can follow its links', () => {
  const { repository, homepage, bugs } = JSON.parse(readPage('package.json'));
  const [, address = ''] = /^git\+(https:.+)\.git$/.exec(repository.url) ?? [];
  expect(address).not.toBe('');
  expect(homepage).toBe(`${address}#readme`);
  expect(bugs).toBe(`${address}/issues`);
});
