import type { Program } from './program.ts';

/** Templates, markup, documents, parsers and compilers. */
export const texts: readonly Program[] = [
  [
    'handlebars',
    "import Handlebars from 'handlebars'; value = Handlebars.compile('{{#each a}}<{{this}}>{{/each}} {{b}}')({ a: [1, 2], b: '<' });",
  ],
  ['ejs', "import ejs from 'ejs'; value = ejs.render('<% for (const n of a) { %>[<%= n %>]<% } %>', { a: [1, '<'] });"],
  [
    'nunjucks',
    "import nunjucks from 'nunjucks'; value = new nunjucks.Environment().renderString('{% for n in a %}{{ n | upper }},{% endfor %}', { a: ['x', '<'] });",
  ],
  [
    'liquidjs',
    "import { Liquid } from 'liquidjs'; value = await new Liquid().parseAndRender('{% for n in a %}{{ n | upcase | split: \"\" | join: \"-\" }};{% endfor %}', { a: ['ab', 'c'] });",
  ],
  ['pug', "import pug from 'pug'; value = pug.render('ul\\n  each n in a\\n    li(class=\"x\")= n', { a: [1, '<'] });"],
  [
    'markdown-it',
    "import MarkdownIt from 'markdown-it'; value = new MarkdownIt({ linkify: true }).render('# a\\n\\n| x | y |\\n|---|---|\\n| 1 | [l](https://ä.test/ö) |\\n\\nhttps://b.test');",
  ],
  ['remark', "import { remark } from 'remark'; value = String(await remark().process('*  a\\n*  b\\n\\nx __y__'));"],
  [
    'turndown',
    "import TurndownService from 'turndown'; value = new TurndownService().turndown('<h1>a</h1><p>x <em>y</em></p>');",
    '',
    {
      bundler: { platform: 'neutral', mainFields: ['module', 'main'] },
      note: 'bundled with `--platform=neutral --main-fields=module,main`; its build for browsers asks for `document`',
    },
  ],
  [
    'highlight.js',
    "import hljs from 'highlight.js'; value = hljs.highlight('const a = \"x\"; // c', { language: 'javascript' }).value;",
  ],
  [
    'prismjs',
    "import Prism from 'prismjs'; value = Prism.highlight('const a = 1;', Prism.languages.javascript, 'javascript');",
  ],
  [
    'htmlparser2',
    "import { parseDocument, DomUtils } from 'htmlparser2'; value = DomUtils.getOuterHTML(parseDocument('<p class=a>x &amp; <b>y</p>'));",
  ],
  ['parse5', "import { parse, serialize } from 'parse5'; value = serialize(parse('<p>x<b>y<table><td>z'));"],
  [
    'cheerio',
    "import { load } from 'cheerio'; const $ = load('<ul><li>a</li><li class=b>b</li></ul>'); $('li').addClass('c'); value = $.html();",
    'whole',
  ],
  [
    'sanitize-html',
    "import sanitizeHtml from 'sanitize-html'; value = sanitizeHtml('<p onclick=x style=\"color: red; position: fixed\">a<script>b</script><a href=\"javascript:c\">d</a><img src=\"https://e.test/\"></p>', { allowedAttributes: { p: ['style'], a: ['href'] }, allowedStyles: { p: { color: [/^red$/] } } });",
  ],
  [
    'xml2js',
    "import { parseStringPromise, Builder } from 'xml2js'; const o = await parseStringPromise('<a><b c=\"d\">e</b><b/></a>'); value = [o, new Builder().buildObject(o)];",
  ],
  [
    'fast-xml-parser',
    "import { XMLParser, XMLBuilder } from 'fast-xml-parser'; const o = new XMLParser({ ignoreAttributes: false }).parse('<a><b c=\"d\">1</b><b/></a>'); value = [o, new XMLBuilder({ ignoreAttributes: false }).build(o)];",
  ],
  [
    'js-yaml',
    "import { load, dump } from 'js-yaml'; value = [load('a: [1, x]\\nd: 2020-01-01\\nb: >\\n  x\\n  y'), dump({ a: [1, 'x'] })];",
  ],
  [
    'toml',
    'import toml from \'toml\'; value = toml.parse(\'a = 1\\n[b]\\nc = ["x", "y"]\\nd = 1979-05-27T07:32:00Z\');',
  ],
  [
    'csv-parse',
    "import { parse } from 'csv-parse/browser/esm/sync'; value = parse('a,b\\n1,\"x, y\"\\n', { columns: true });",
    '',
    { note: 'as `csv-parse/browser/esm`; the usual entry asks for `Buffer`' },
  ],
  [
    'csv-stringify',
    "import { stringify } from 'csv-stringify/browser/esm/sync'; value = stringify([{ a: 1, b: 'x, \"y\"' }], { header: true });",
    '',
    { note: 'as `csv-stringify/browser/esm`; the usual entry asks for `Buffer`' },
  ],
  [
    'papaparse',
    "import Papa from 'papaparse'; value = [Papa.parse('a,b\\n1,\"x, y\"', { header: true, dynamicTyping: true }).data, Papa.unparse([{ a: 1, b: 'x, y' }])];",
  ],
  [
    'acorn',
    "import { parse } from 'acorn'; value = JSON.stringify(parse('const a = async (b) => await b?.c;', { ecmaVersion: 'latest' }));",
  ],
  [
    'esprima',
    "import { parseScript, tokenize } from 'esprima'; value = JSON.stringify([parseScript('var a = (b) => b + 1;'), tokenize('a + /b/')]);",
  ],
  [
    '@babel/parser',
    "import { parse } from '@babel/parser'; value = parse('const a: number = <b>c</b>;', { plugins: ['typescript', 'jsx'] }).program.body[0].declarations[0].init.type;",
  ],
  [
    '@babel/standalone',
    "import { transform } from '@babel/standalone'; value = transform('const a = <p>{b ?? c}</p>;', { presets: ['env', 'react'] }).code;",
    '',
    { memoryMb: 256 },
  ],
  [
    'typescript',
    "import ts from 'typescript'; value = ts.transpileModule('enum A { B = 1 } export const c: A = A.B;', { compilerOptions: { target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS } }).outputText;",
    '',
    { memoryMb: 256 },
  ],
  [
    'terser',
    "import { minify } from 'terser'; value = (await minify('function f(long) { const other = long + 1; return other; } console.log(f(1));', { toplevel: true })).code;",
    '',
    { memoryMb: 128 },
  ],
  [
    'terser',
    "import { minify } from 'terser'; const { code, map } = await minify({ 'a.js': 'const long = 1; export const b = long;' }, { module: true, sourceMap: { url: 'inline' } }); value = [code, map];",
    'source maps',
    { memoryMb: 128 },
  ],
  [
    'prettier',
    "import { format } from 'prettier/standalone'; import * as babel from 'prettier/plugins/babel'; import * as estree from 'prettier/plugins/estree'; value = await format('const   a={b:1,\\nc}', { parser: 'babel', plugins: [babel, estree] });",
    '',
    { memoryMb: 128 },
  ],
  [
    'pdf-lib',
    "import { PDFDocument, StandardFonts } from 'pdf-lib'; const doc = await PDFDocument.create(); const page = doc.addPage([200, 100]); page.drawText('Hi', { font: await doc.embedFont(StandardFonts.Helvetica) }); const bytes = await doc.save(); value = [bytes[0], (await PDFDocument.load(bytes)).getPageCount()];",
    '',
    { memoryMb: 128 },
  ],
  [
    'xlsx',
    "import * as XLSX from 'xlsx'; const book = XLSX.utils.book_new(); XLSX.utils.book_append_sheet(book, XLSX.utils.json_to_sheet([{ a: 1, b: 'ü' }]), 's'); const bytes = XLSX.write(book, { type: 'array', bookType: 'xlsx', compression: true }); value = XLSX.utils.sheet_to_json(XLSX.read(bytes, { type: 'array' }).Sheets.s);",
    '',
    { memoryMb: 128 },
  ],
  [
    'lunr',
    "import lunr from 'lunr'; const index = lunr(function () { this.field('t'); this.add({ id: 1, t: 'green plants' }); this.add({ id: 2, t: 'blue' }); }); value = index.search('plant').map(({ ref }) => ref);",
  ],
  [
    'minisearch',
    "import MiniSearch from 'minisearch'; const s = new MiniSearch({ fields: ['t'] }); s.addAll([{ id: 1, t: 'green plants' }, { id: 2, t: 'blue' }]); value = s.search('plnts', { fuzzy: 0.3 }).map(({ id }) => id);",
  ],
  [
    'fuse.js',
    "import Fuse from 'fuse.js'; value = new Fuse([{ t: 'green plants' }, { t: 'blue' }], { keys: ['t'], includeScore: true }).search('plnts');",
  ],
];
