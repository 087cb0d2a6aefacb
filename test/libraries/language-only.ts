import type { Sample } from './sample.ts';

/** Libraries that need no more than the language and timers. */
export const languageOnly: readonly Sample[] = [
  [
    'lodash',
    "import _ from 'lodash'; value = _.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even'));",
    { odd: [1, 3], even: [2] },
  ],
  ['date-fns', "import { addDays, formatISO } from 'date-fns'; value = addDays(new Date(0), 1).getTime();", 86400000],
  ['marked', "import { marked } from 'marked'; value = marked.parse('# a *b*');", '<h1>a <em>b</em></h1>\n'],
  [
    'ajv',
    "import Ajv from 'ajv'; const check = new Ajv().compile({ type: 'object', required: ['a'], properties: { a: { type: 'number' } } }); value = [check({ a: 1 }), check({ a: 'x' })];",
    [true, false],
  ],
  [
    'preact',
    "import { h } from 'preact'; import { renderToString } from 'preact-render-to-string'; value = renderToString(h('p', { class: 'x' }, 'hi'));",
    '<p class="x">hi</p>',
  ],
  ['immer', "import { produce } from 'immer'; value = produce({ a: [1] }, (d) => { d.a.push(2); });", { a: [1, 2] }],
  [
    'mustache',
    "import Mustache from 'mustache'; value = Mustache.render('{{#a}}<{{.}}>{{/a}}', { a: [1, 2] });",
    '<1><2>',
  ],
  ['eta', "import { Eta } from 'eta/core'; value = new Eta().renderString('Hi <%= it.n %>', { n: 'A' });", 'Hi A'],
  ['decimal.js', "import Decimal from 'decimal.js'; value = new Decimal('0.1').plus('0.2').toString();", '0.3'],
  [
    'jmespath',
    "import jmespath from 'jmespath'; value = jmespath.search({ a: [{ b: 1 }, { b: 2 }] }, 'a[*].b');",
    [1, 2],
  ],
  [
    'superstruct',
    "import { object, number, is } from 'superstruct'; value = is({ a: 1 }, object({ a: number() }));",
    true,
  ],
  ['semver', "import semver from 'semver'; value = semver.satisfies('1.2.3', '^1.1.0');", true],
  [
    'p-queue',
    "import PQueue from 'p-queue'; const q = new PQueue({ concurrency: 1 }); value = await Promise.all([1, 2].map((n) => q.add(() => n * 2)));",
    [2, 4],
  ],
  [
    'json-logic-js',
    "import jsonLogic from 'json-logic-js'; value = jsonLogic.apply({ '+': [1, { var: 'a' }] }, { a: 2 });",
    3,
  ],
  [
    'fast-json-patch',
    "import { applyPatch } from 'fast-json-patch'; value = applyPatch({ a: 1 }, [{ op: 'add', path: '/b', value: 2 }]).newDocument;",
    { a: 1, b: 2 },
  ],
  ['big.js', "import Big from 'big.js'; value = new Big('0.1').plus('0.2').toString();", '0.3'],
  ['seedrandom', "import seedrandom from 'seedrandom'; value = seedrandom('a').int32();", 1866138448],
];
