import type { Program } from './program.ts';

/** Collections, numbers, times, validation, state, languages. */
export const values: readonly Program[] = [
  [
    'ramda',
    "import * as R from 'ramda'; value = R.pipe(R.groupBy((n) => (n % 2 ? 'odd' : 'even')), R.map(R.sum))([1, 2, 3, 4]);",
  ],
  [
    'lodash',
    "import _ from 'lodash'; value = await new Promise((done) => { const calls = []; const f = _.debounce((n) => { calls.push(n); done(calls); }, 5); f(1); f(2); });",
    'debounce',
  ],
  [
    'lodash-es',
    "import { chunk, merge, debounce, template } from 'lodash-es'; value = [chunk([1, 2, 3], 2), merge({ a: { b: 1 } }, { a: { c: 2 } }), template('<%- a %>')({ a: '<' }), await new Promise((done) => debounce(done, 5)(7))];",
  ],
  [
    'underscore',
    "import _ from 'underscore'; value = [_.countBy([1, 2, 3], (n) => n % 2), _.template('<%= a %>')({ a: 1 }), await new Promise((done) => _.delay(done, 2, 5))];",
  ],
  [
    'mathjs',
    "import { evaluate, matrix, inv, create, all, format } from 'mathjs'; value = [evaluate('sqrt(3^2 + 4^2) cm to m').toString(), inv(matrix([[1, 2], [3, 4]])).toArray(), evaluate('derivative(\"x^2\", \"x\")').toString(), create(all, { number: 'BigNumber' }).evaluate('0.1 + 0.2').toString()];",
    '',
    { memoryMb: 128 },
  ],
  ['bignumber.js', "import { BigNumber } from 'bignumber.js'; value = new BigNumber('123.456').pow(5).toFixed(10);"],
  ['moment', "import moment from 'moment'; value = moment.utc('2020-02-29').add(1, 'year').format('dddd, LLLL');"],
  [
    'moment-timezone',
    "import moment from 'moment-timezone'; value = moment.tz('2020-07-01 12:00', 'Europe/Berlin').tz('America/New_York').format();",
  ],
  [
    'luxon',
    "import { DateTime, Duration, Interval } from 'luxon'; value = [DateTime.fromISO('2020-03-29T01:30', { zone: 'Europe/Berlin' }).plus({ hours: 1 }).toISO(), DateTime.fromISO('2020-03-29', { zone: 'utc' }).setLocale('de').toLocaleString(DateTime.DATE_FULL), Duration.fromObject({ minutes: 90 }).toFormat('hh:mm'), Interval.fromISO('2020-01-01/2020-02-01').length('days')];",
  ],
  [
    'dayjs',
    "import dayjs from 'dayjs'; import utc from 'dayjs/plugin/utc'; import timezone from 'dayjs/plugin/timezone'; dayjs.extend(utc); dayjs.extend(timezone); value = [dayjs.utc('2020-01-31').add(1, 'month').format(), dayjs.tz('2020-07-01 12:00', 'Asia/Tokyo').toISOString()];",
  ],
  [
    'date-fns',
    "import { formatISO, intlFormat, formatDistance, parse } from 'date-fns'; value = [formatISO(new Date(0)).length, intlFormat(new Date(0), { timeZone: 'UTC' }, { locale: 'de' }), formatDistance(0, 86400000), parse('1.2.2020', 'd.M.yyyy', new Date(0)).getMonth()];",
    'formats',
  ],
  [
    'date-fns-tz',
    "import { formatInTimeZone, toZonedTime } from 'date-fns-tz'; value = [formatInTimeZone(new Date(0), 'Asia/Tokyo', 'yyyy-MM-dd HH:mm zzz'), toZonedTime(0, 'UTC').getDate()];",
  ],
  [
    'rrule',
    "import { RRule } from 'rrule'; const r = new RRule({ freq: RRule.WEEKLY, count: 3, byweekday: [RRule.MO, RRule.FR], dtstart: new Date(Date.UTC(2020, 0, 1)) }); value = [r.all(), r.toText(), r.toString()];",
  ],
  [
    'rxjs',
    "import { of, interval, firstValueFrom, toArray, map, mergeMap, take, timer } from 'rxjs'; value = [await firstValueFrom(of(1, 2).pipe(mergeMap((n) => of(n, n * 10)), toArray())), await firstValueFrom(interval(1).pipe(take(3), map((n) => n * 2), toArray())), await firstValueFrom(timer(1))];",
  ],
  [
    'rxjs',
    "import { fromEvent, firstValueFrom } from 'rxjs'; import { fromFetch } from 'rxjs/fetch'; const t = new EventTarget(); const got = firstValueFrom(fromEvent(t, 'a')); t.dispatchEvent(new Event('a')); value = [(await got).type, await firstValueFrom(fromFetch('http://api.test/v1/models', { selector: (r) => r.json() }))];",
    'events and fetch',
  ],
  [
    'jsonpath-plus',
    "import { JSONPath } from 'jsonpath-plus'; value = JSONPath({ path: '$..b[?(@.c > 1)].c', json: { a: { b: [{ c: 1 }, { c: 2 }] } } });",
  ],
  [
    'jsonata',
    'import jsonata from \'jsonata\'; value = await jsonata(\'[$now() ~> $length(), $map([1..3], function($n) { $n * $n }), $formatNumber(1234.5, "#,###.00"), $toMillis("1970-01-02T00:00:00Z")]\').evaluate({});',
    'functions',
  ],
  [
    'jsonata',
    'import jsonata from \'jsonata\'; value = await jsonata(\'[$base64encode("text"), $base64decode("dGV4dA==")]\').evaluate({});',
    '`$base64encode`',
  ],
  [
    'ajv',
    "import Ajv from 'ajv/dist/2020'; const check = new Ajv({ allErrors: true }).compile({ type: 'array', prefixItems: [{ type: 'string', pattern: '^a' }], unevaluatedItems: false }); check(['b', 1]); value = check.errors.map(({ message }) => message);",
    'errors',
  ],
  [
    'ajv-formats',
    "import Ajv from 'ajv'; import addFormats from 'ajv-formats'; const ajv = new Ajv(); addFormats(ajv); value = [['email', 'a@b.de'], ['email', 'a'], ['uri', 'https://a.test/'], ['date-time', '2020-01-01T00:00:00Z'], ['ipv6', '::1']].map(([format, text]) => ajv.validate({ type: 'string', format }, text));",
  ],
  [
    'yup',
    "import * as yup from 'yup'; const s = yup.object({ a: yup.number().required().min(2), b: yup.string().url(), d: yup.date() }); value = [await s.validate({ a: '3', b: 'https://a.test', d: '2020-01-01' }), await s.validate({ a: 1, b: 'x' }, { abortEarly: false }).catch((e) => e.errors)];",
  ],
  [
    'zod',
    "import { z } from 'zod'; const s = z.object({ a: z.coerce.number(), b: z.email(), f: z.file().optional(), u: z.union([z.literal('x'), z.uuid()]) }); value = [s.parse({ a: '1', b: 'a@b.de', u: 'x' }), z.flattenError(s.safeParse({ a: 'x', b: '', u: 1 }).error), z.file().safeParse(new File(['a'], 'b')).success, z.toJSONSchema(z.object({ a: z.string() }))];",
    'objects, files, JSON schemas',
  ],
  [
    'zod',
    "import { z } from 'zod/v3'; value = [z.object({ a: z.string().url().transform((s) => s.length) }).parse({ a: 'https://a.test' }), z.string().datetime().safeParse('x').error.issues];",
    'version 3',
  ],
  [
    'i18next',
    "import i18next from 'i18next'; await i18next.init({ lng: 'de', resources: { de: { translation: { a: 'Hallo {{n}}', k_one: 'ein', k_other: '{{count}}', d: '{{v, number}}' } } } }); value = [i18next.t('a', { n: 'A' }), i18next.t('k', { count: 1 }), i18next.t('k', { count: 5 }), i18next.t('d', { v: 1234.5 })];",
  ],
  [
    'intl-messageformat',
    "import { IntlMessageFormat } from 'intl-messageformat'; value = new IntlMessageFormat('{n, plural, one {# Ding} other {# Dinge}} am {d, date, long}', 'de', undefined, { timeZone: 'UTC' }).format({ n: 1234, d: new Date(0) });",
  ],
  [
    'libphonenumber-js',
    "import { parsePhoneNumber, AsYouType } from 'libphonenumber-js'; const p = parsePhoneNumber('030 123456', 'DE'); value = [p.formatInternational(), p.isValid(), new AsYouType('US').input('2133734')];",
  ],
  [
    'validator',
    "import validator from 'validator'; value = [validator.isEmail('a@b.de'), validator.isURL('https://ä.test/'), validator.isIBAN('DE89370400440532013000'), validator.escape('<a>'), validator.isFQDN('a_b')];",
  ],
  [
    'async',
    "import async from 'async'; value = [await async.mapLimit([1, 2, 3], 2, async (n) => n * 2), await async.auto({ a: async () => 1, b: ['a', async ({ a }) => a + 1] }), await new Promise((done) => { const q = async.queue((n, next) => next(null, n), 1); const out = []; q.push([1, 2], (_, n) => out.push(n)); q.drain(() => done(out)); })];",
  ],
  [
    'bluebird',
    "import Bluebird from 'bluebird'; value = [await Bluebird.map([1, 2], (n) => Bluebird.delay(1, n * 2), { concurrency: 1 }), await Bluebird.resolve(1).timeout(50), await Bluebird.promisify((n, done) => done(null, n))(3), await Bluebird.delay(50).timeout(1).catch((e) => e.name)];",
  ],
  [
    '@faker-js/faker',
    "import { faker } from '@faker-js/faker'; faker.seed(1); value = [faker.person.fullName(), faker.internet.email(), faker.string.uuid(), faker.number.int(100)];",
    '',
    { memoryMb: 128 },
  ],
  [
    'mobx',
    "import { observable, autorun, computed, runInAction } from 'mobx'; const s = observable({ a: 1, l: [1] }); const seen = []; const c = computed(() => s.a * 2 + s.l.length); autorun(() => seen.push(c.get())); runInAction(() => { s.a = 2; s.l.push(2); }); value = seen;",
  ],
  [
    'xstate',
    "import { createMachine, createActor, waitFor, assign, fromPromise } from 'xstate'; const m = createMachine({ initial: 'a', context: { n: 0 }, states: { a: { after: { 5: 'b' } }, b: { invoke: { src: fromPromise(async () => 7), onDone: { target: 'c', actions: assign({ n: ({ event }) => event.output }) } } }, c: { type: 'final' } } }); const actor = createActor(m).start(); value = (await waitFor(actor, (s) => s.status === 'done')).context;",
  ],
  [
    'json-rules-engine',
    "import { Engine } from 'json-rules-engine'; const e = new Engine([{ conditions: { all: [{ fact: 'a', operator: 'greaterThan', value: 2 }, { fact: 'd', operator: 'equal', value: 7, path: '$.x' }] }, event: { type: 'hit' } }]); e.addFact('d', async () => ({ x: 7 })); value = (await e.run({ a: 3 })).events;",
  ],
  [
    'ical.js',
    "import ICAL from 'ical.js'; const c = new ICAL.Component(ICAL.parse('BEGIN:VCALENDAR\\r\\nBEGIN:VEVENT\\r\\nSUMMARY:x\\r\\nDTSTART:20200101T100000Z\\r\\nRRULE:FREQ=DAILY;COUNT=2\\r\\nEND:VEVENT\\r\\nEND:VCALENDAR')); const e = new ICAL.Event(c.getFirstSubcomponent('vevent')); const i = e.iterator(); value = [e.summary, i.next().toString(), i.next().toString(), i.next()];",
  ],
  [
    'd3',
    "import * as d3 from 'd3'; value = [d3.scaleLinear([0, 10], [0, 100])(3), d3.line()([[0, 1], [2, 3]]), [...d3.csvParse('a,b\\n1,2')], d3.format(',.2f')(1234.5), d3.utcFormat('%Y-%m')(new Date(0)), d3.geoPath(d3.geoMercator())({ type: 'Point', coordinates: [1, 2] }), d3.bin()([1, 2, 3]).length, d3.schemeCategory10[0]];",
  ],
  [
    'ml-matrix',
    "import { Matrix, inverse, SVD, EVD } from 'ml-matrix'; const m = new Matrix([[1, 2], [3, 4]]); value = [inverse(m).to2DArray(), new SVD(m).diagonal, new EVD(m).realEigenvalues, m.mmul(m).to2DArray()];",
  ],
  [
    'simple-statistics',
    "import * as ss from 'simple-statistics'; value = [ss.standardDeviation([1, 2, 4]), ss.linearRegression([[0, 1], [1, 3]]), ss.quantile([1, 2, 3, 4], 0.5), ss.ckmeans([1, 2, 10, 11], 2)];",
  ],
  [
    'chess.js',
    "import { Chess } from 'chess.js'; const c = new Chess(); for (const move of ['f3', 'e5', 'g4', 'Qh4#']) c.move(move); value = [c.isCheckmate(), c.fen(), c.pgn().length > 10];",
  ],
  [
    'qs',
    "import qs from 'qs'; value = [qs.parse('a[b][]=1&a[b][]=2&c=%C3%BC'), qs.stringify({ a: { b: [1, 2] }, c: 'ü', d: new Date(0) }), qs.parse('a=%FC', { charset: 'iso-8859-1' })];",
  ],
  [
    'effect',
    "import { Effect, Schema, Stream, Duration } from 'effect'; value = [await Effect.runPromise(Effect.gen(function* () { yield* Effect.sleep(Duration.millis(2)); const all = yield* Effect.all([Effect.succeed(1), Effect.promise(async () => 2)], { concurrency: 2 }); return all; })), Schema.decodeUnknownSync(Schema.Struct({ a: Schema.Number }))({ a: 1 }), await Effect.runPromise(Stream.runCollect(Stream.make(1, 2).pipe(Stream.map((n) => n * 2)))).then((all) => [...all])];",
    '',
    { memoryMb: 128 },
  ],
];
