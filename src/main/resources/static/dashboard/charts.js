// The last 15 minutes: three charts that share their cursor, each said in words as well.

import uPlot from './uplot/uPlot.esm.js';
import {$, element, setText} from './dom.js';
import * as format from './format.js';
import {languageChanged, t} from './i18n.js';
import {historyArrived, periodMs, sampleArrived} from './live.js';
import {themeChanged} from './theme.js';

const WINDOW_SECONDS = 900;
/** So many times as long as is normal. */
const GAP = 4;
const HEIGHT = 118;

/** The numbers are the places of the values in a sample, after its time. */
const CHARTS = [
  {id: 'chart-connections', least: 1, text: format.rate,
    series: [{name: 'chart.new', at: 1, colour: '--chart-1'}]},
  {id: 'chart-bytes', least: 1000, text: format.byteRate,
    series: [{name: 'chart.out', at: 3, colour: '--chart-2'}, {name: 'chart.in', at: 2, colour: '--chart-3'}]},
  {id: 'chart-checks', least: 1, text: format.millis,
    series: [{name: 'chart.slowest', at: 5, colour: '--chart-4'}, {name: 'chart.median', at: 4, colour: '--chart-1'}]},
];

let samples = [];
let charts = [];

export function startCharts() {
  charts = CHARTS.map(definition => new Chart(definition));
  historyArrived.on(history => {
    samples = [];
    history.samples.forEach(append);
    charts.forEach(chart => chart.draw());
  });
  sampleArrived.on(sample => {
    append(sample);
    charts.forEach(chart => chart.draw());
  });
  themeChanged.on(() => charts.forEach(chart => chart.build()));
  languageChanged.on(() => charts.forEach(chart => chart.build()));
}

function append(sample) {
  const seconds = sample[0] / 1000;
  const last = samples.at(-1)?.[0];
  if (last !== undefined && seconds <= last) return;
  // Nothing is known of a gap: no line is drawn across it.
  if (last !== undefined && seconds - last > (GAP * periodMs()) / 1000) samples.push([last + 1, null, null, null, null, null]);
  samples.push([seconds, ...sample.slice(1)]);
  while (samples[0][0] < seconds - WINDOW_SECONDS) samples.shift();
}

class Chart {
  #definition;
  #figure;
  #place;
  #plot = null;

  constructor(definition) {
    this.#definition = definition;
    this.#figure = $(definition.id);
    this.#place = this.#figure.querySelector('.plot');
    new ResizeObserver(() => this.#fit()).observe(this.#place);
    this.build();
  }

  /** Anew, since colours and words are part of a plot. */
  build() {
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = name => resolved(style.getPropertyValue(name));
    const axis = {
      stroke: colour('--muted'), font: `11px ${style.getPropertyValue('--font')}`,
      grid: {stroke: colour('--line-soft'), width: 1}, ticks: {show: false},
    };
    const {series, least, text} = this.#definition;
    this.#plot = new uPlot({
      width: Math.max(120, this.#place.clientWidth), height: HEIGHT, padding: [8, 16, 0, 0],
      legend: {show: false},
      cursor: {sync: {key: 'lb'}, y: false, points: {size: 6}, drag: {x: false, y: false}},
      scales: {
        x: {range: () => [lastTime() - WINDOW_SECONDS, lastTime()]},
        y: {range: (plot, low, high) => [0, Math.max(least, 1.15 * (high ?? 0))]},
      },
      axes: [
        {...axis, size: 22, space: 60, values: (plot, ticks) => ticks.map(tick => format.time(tick * 1000).slice(0, 5))},
        {...axis, size: 58, space: 30, values: (plot, ticks) => ticks.map(tick => (tick === 0 ? '0' : text(tick, true)))},
      ],
      series: [{}, ...series.map(one => ({
        stroke: colour(one.colour), width: 1.5, points: {show: false},
        fill: faded(colour(one.colour)),
      }))],
      hooks: {setCursor: [() => this.#say()]},
    }, [[], ...series.map(() => [])], this.#place);
    this.#legend(colour);
    this.draw();
  }

  #legend(colour) {
    const now = this.#figure.querySelector('.now');
    now.replaceChildren(...this.#definition.series.map(({name}, i) => {
      const swatch = element('i', {className: 'swatch'});
      swatch.style.background = colour(this.#definition.series[i].colour);
      const many = this.#definition.series.length > 1;
      return element('span', {}, ...(many ? [swatch, element('span', {className: 'muted'}, t(name)), ' '] : []), element('b'));
    }));
  }

  #fit() {
    const width = this.#place.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({width, height: HEIGHT});
  }

  draw() {
    if (!this.#plot) return;
    this.#plot.setData([samples.map(s => s[0]), ...this.#definition.series.map(({at}) => samples.map(s => s[at]))]);
    this.#say();
  }

  /** The values under the cursor, or the latest. */
  #say() {
    const under = this.#plot?.cursor?.idx;
    const sample = samples[under ?? samples.length - 1];
    const {series, text} = this.#definition;
    const value = at => (sample?.[at] === null || sample === undefined ? '–' : text(sample[at]));
    this.#figure.querySelectorAll('.now b').forEach((node, i) => setText(node, value(series[i].at)));
    const hovered = under !== null && under !== undefined && sample;
    setText(this.#figure.querySelector('.when'), hovered ? format.time(sample[0] * 1000) : '');
    setText(this.#figure.querySelector('.words'), this.#peaks());
  }

  #peaks() {
    const {series, text} = this.#definition;
    const peaks = series.map(({name, at}) => {
      const peak = samples.reduce((most, s) => (s[at] !== null && s[at] > (most?.[at] ?? -1) ? s : most), null);
      if (peak === null) return null;
      const values = {name: t(name), value: text(peak[at]), time: format.time(peak[0] * 1000)};
      return t(series.length > 1 ? 'chart.peakOf' : 'chart.peak', values);
    }).filter(Boolean);
    return peaks.length === 0 ? t('chart.none') : t('chart.highest', {peaks: format.list(peaks)});
  }
}

function lastTime() {
  return samples.at(-1)?.[0] ?? Date.now() / 1000;
}

/** A canvas knows no light-dark(): the browser is asked what the colour is. */
function resolved(value) {
  const probe = element('i');
  probe.style.color = value.trim();
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function faded(colour) {
  return colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.10)');
}
