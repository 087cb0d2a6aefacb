// Pictures as SVG. Colours are the page's: they follow light and dark.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const home = dirname(fileURLToPath(import.meta.url));

/** Installed when it is first needed, so that nobody else has to. */
async function library(name) {
  if (!existsSync(join(home, 'node_modules', name))) {
    const npm = spawnSync('npm', ['ci', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: home,
      encoding: 'utf8',
    });
    if (npm.status !== 0) throw new Error(`npm ci failed in ${home}:\n${npm.stderr}`);
  }
  const { exports, module, main } = JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8'));
  const entry = exports?.['.']?.default ?? exports?.default ?? (typeof exports === 'string' ? exports : undefined);
  return import(pathToFileURL(join(home, 'node_modules', name, entry ?? module ?? main)).href);
}

/** Everybody has a colour and a shape, the same on the whole page. */
const looks = {
  isolet: ['var(--isolet)', 'circle', '●'],
  'isolated-vm': ['var(--ivm)', 'square', '■'],
  worker_threads: ['var(--workers)', 'triangle-up', '▲'],
  'quickjs-emscripten': ['var(--quickjs)', 'diamond', '◆'],
  'node:vm': ['var(--vm)', 'triangle-down', '▼'],
  structuredClone: ['var(--clone)', 'cross', '✚'],
  node: ['var(--vm)', 'triangle-right', '▶'],
  floor: ['var(--floor)', 'triangle-left', '◀'],
};

/** @returns the names in `rows` with what stands for them: `{ name, colour, sign }` */
export function legendOf(rows) {
  const shown = Object.entries(looks).filter(([name]) => rows.some(({ peer }) => peer === name));
  return shown.map(([name, [colour, , sign]]) => ({ name, colour, sign }));
}

const font = 'system-ui, sans-serif';
const config = {
  background: 'transparent',
  font,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--soft)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    gridColor: 'var(--line)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 400,
  },
  legend: { disable: true },
};

// Vega knows no fonts here and can't tell how wide a text is: what stands beside a picture has a fixed width.
const width = 280;
const besides = { left: 142, right: 18, top: 6, bottom: 42 };

function scales(rows) {
  const domain = Object.keys(looks).filter((peer) => rows.some((row) => row.peer === peer));
  const range = (which) => domain.map((peer) => looks[peer][which]);
  return {
    domain,
    color: { field: 'peer', type: 'nominal', scale: { domain, range: range(0) } },
    shape: { field: 'peer', type: 'nominal', scale: { domain, range: range(1) } },
  };
}

/** @param x what is on the axis @param line where the dashed line is */
function dots(rows, x, line, range) {
  const { color, shape, domain } = scales(rows);
  const labels = [...new Set(rows.map(({ label }) => label))];
  const y = {
    field: 'label',
    type: 'nominal',
    sort: labels,
    title: null,
    axis: { ticks: false, domain: false, grid: true },
  };
  const yOffset = { field: 'peer', type: 'nominal', sort: domain, scale: { paddingOuter: 0.6 } };
  const bars = range && [
    {
      mark: { type: 'rule', strokeWidth: 5, opacity: 0.28, strokeCap: 'round' },
      encoding: { y, yOffset, x: { ...x, field: range[0] }, x2: { field: range[1] }, color },
    },
  ];
  return {
    width,
    height: { step: Math.max(9, 30 / domain.length), for: 'offset' },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'rule', color: 'var(--soft)', strokeDash: [4, 3] },
        encoding: { x: { datum: line, type: 'quantitative' } },
      },
      ...(bars ?? []),
      { mark: { type: 'point', filled: true, size: 62, opacity: 1 }, encoding: { y, yOffset, x, color, shape } },
    ],
  };
}

const ticks = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

export function ratioPicture(rows) {
  const [least, most] = [Math.min(...rows.map(({ low }) => low)), Math.max(...rows.map(({ high }) => high))];
  const domain = [Math.min(least / 1.2, 0.5), Math.max(most * 1.2, 2)];
  const shown = ticks.filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const x = {
    field: 'ratio',
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    title: '◀ isolet takes less        × of theirs        more ▶',
    axis: { values: shown, grid: false, labelExpr: "datum.value + '×'" },
  };
  return draw(dots(rows, x, 1, ['low', 'high']));
}

export function spreadPicture(rows, max) {
  const most = Math.max(2.2, ...rows.map(({ spread }) => spread));
  const from = rows.map((row) => ({ ...row, none: 1 }));
  const x = {
    field: 'spread',
    type: 'quantitative',
    scale: { type: 'log', domain: [1, most * 1.05], nice: false },
    title: 'slowest ÷ fastest median',
    axis: {
      values: [1, 1.5, 2, 3, 5, 10, 20, 50].filter((tick) => tick <= most * 1.05),
      grid: false,
      labelExpr: "datum.value + '×'",
    },
  };
  return draw(dots(from, x, max, ['none', 'spread']));
}

export function curvePicture(points, yTitle) {
  const { color, shape } = scales(points);
  const xs = [...new Set(points.map(({ x }) => x))];
  const log = Math.max(...xs) / Math.min(...xs) > 20;
  const [least, most] = [Math.min(...points.map(({ low }) => low)), Math.max(...points.map(({ high }) => high))];
  const wide = most / least > 30;
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: log ? { type: 'log', nice: false } : { domain: [Math.min(...xs), Math.max(...xs)], nice: false },
    title: points[0].axis,
    axis: { values: xs, grid: false, format: '~s', labelOverlap: true, labelFlush: false },
  };
  const y = {
    type: 'quantitative',
    title: yTitle,
    scale: wide ? { type: 'log' } : { zero: true },
    axis: {
      format: '~s',
      ...(wide ? { values: powersWithin(least, most) } : { tickCount: 4 }),
      // Above it: beside it there is no telling how wide the numbers are.
      titleAngle: 0,
      titleAlign: 'left',
      titleX: -44,
      titleY: -12,
    },
  };
  return draw({
    width: width + 92,
    height: 200,
    padding: { ...besides, left: 50, top: 26 },
    data: { values: points },
    layer: [
      {
        mark: { type: 'area', opacity: 0.18 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'y' }, color } },
      {
        mark: { type: 'point', filled: true, size: 55, opacity: 1 },
        encoding: { x, y: { ...y, field: 'y' }, color, shape },
      },
    ],
  });
}

const powersWithin = (least, most) =>
  ticks.map((tick) => tick * 1000).filter((tick) => isPower(tick) && tick >= least / 10 && tick <= most * 10);
const isPower = (tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6);

async function draw(specification) {
  const [vega, lite] = [await library('vega'), await library('vega-lite')];
  const { spec } = lite.compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    autosize: { type: 'none' },
    padding: besides,
    config,
    ...specification,
  });
  const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
  // The page says how wide it is.
  return svg.replace(/^<svg([^>]*?) width="[^"]*" height="[^"]*"/, '<svg$1');
}
