// Writes docs/api/ from the types and doc comments of what lib/index.ts exports: one page for each folder of lib/.
// usage: node scripts/api-reference.mjs [--check]     --check writes nothing and fails if a page is out of date
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { describe } from './api/describe.mjs';
import { completed } from './api/example.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'docs/api');
const { values: args } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

/** Folder of lib/, or a file whose page is another one's → page. @type {Record<string, { page: string, title: string }>} */
const pages = {
  runtime: { page: 'runtime.md', title: 'Runtime, snapshots and one-off calls' },
  options: { page: 'runtime.md', title: '' },
  native: { page: 'runtime.md', title: '' },
  '': { page: 'runtime.md', title: '' },
  pool: { page: 'pool.md', title: 'RuntimePool' },
  serverless: { page: 'serverless.md', title: 'ServerlessRuntime' },
  web: { page: 'web.md', title: 'Outbound fetch' },
  'options/egress.ts': { page: 'web.md', title: '' },
  'options/web.ts': { page: 'web.md', title: '' },
  errors: { page: 'errors.md', title: 'Errors' },
  shared: { page: 'serverless.md', title: '' },
  'shared/check/issue.ts': { page: 'errors.md', title: '' },
};

function readExports() {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => {
        throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
      },
    },
  );
  const program = ts.createProgram([join(root, 'lib/index.ts')], config?.options ?? {});
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(join(root, 'lib/index.ts'));
  const module = entry && checker.getSymbolAtLocation(entry);
  if (!module) throw new Error('lib/index.ts exports nothing');
  const exports = checker
    .getExportsOfModule(module)
    .map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      // The name may be another inside the package: `eval` can't be declared.
      return { name: exported.name, symbol };
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return { checker, exports };
}

/** @param {ts.Symbol} symbol */
function pageOf(symbol) {
  const file = relative(join(root, 'lib'), symbol.declarations?.[0]?.getSourceFile().fileName ?? '');
  const folder = file.includes('/') ? (file.split('/')[0] ?? '') : '';
  const found = pages[file] ?? pages[folder];
  if (!found) throw new Error(`no page for ${symbol.name} in lib/${file}`);
  return found.page;
}

/** @returns {Map<string, string>} text by page */
function render() {
  /** @type {Map<string, string[]>} */
  const sections = new Map();
  const { checker, exports } = readExports();
  const names = exports.map(({ name }) => name);
  for (const { name, symbol } of exports) {
    const page = pageOf(symbol);
    sections.set(page, [...(sections.get(page) ?? []), completed(describe(symbol, name, checker), names)]);
  }
  const note =
    'Generated from the doc comments in lib/ by `npm run docs:api`. Times are milliseconds, sizes are bytes.';
  const texts = new Map();
  const rows = [];
  for (const { page, title } of Object.values(pages)) {
    if (!title) continue;
    const parts = sections.get(page) ?? [];
    texts.set(page, `# ${title}\n\n${note}\n\n${parts.join('\n\n')}\n`);
    const names = parts.map((part) => /^## (?:\w+ )?`?(\w+)/.exec(part)?.[1]);
    rows.push(`## [${title}](${page})\n\n${names.map((name) => `\`${name}\``).join(' ')}`);
  }
  const since = 'Everything is there since 0.1.0, unless its description says otherwise.';
  texts.set('README.md', `# API reference\n\n${note} ${since}\n\n${rows.join('\n\n')}\n`);
  return texts;
}

const texts = render();
if (args.check) {
  const stale = [...texts].filter(([page, text]) => {
    try {
      return readFileSync(join(out, page), 'utf8') !== text;
    } catch {
      return true;
    }
  });
  for (const [page] of stale) console.error(`docs/api/${page} is out of date: npm run docs:api`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) if (!texts.has(name)) rmSync(join(out, name));
  for (const [page, text] of texts) writeFileSync(join(out, page), text);
}
