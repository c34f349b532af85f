/** One line of a plot: its points in order of x. */
export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const width = 360;
const height = 260;
const margin = { left: 62, right: 14, top: 34, bottom: 44 };
const colours = ['#1b6ca8', '#c8553d', '#3d8b5f', '#7d5ba6'];

/** The plots side by side as one SVG; both axes are logarithmic, so that growth in proportion is a slope of one. */
export function svgOf(plots: readonly Plot[]): string {
  const panels = plots.map((plot, index) => `<g transform="translate(${index * width} 0)">${panel(plot)}</g>`);
  const size = `width="${plots.length * width}" height="${height}"`;
  const style = 'font-family="sans-serif" font-size="11" fill="#333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}><rect ${size} fill="#fff"/>${panels.join('')}</svg>\n`;
}

function panel({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const across = axis(
    points.map(([value]) => value),
    margin.left,
    width - margin.right,
  );
  const up = axis(
    points.map(([, value]) => value),
    height - margin.bottom,
    margin.top,
  );
  const grid = [
    ...across.ticks.map((tick) => {
      const at = across.at(tick);
      return `<line x1="${at}" x2="${at}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#ddd"/>${text(at, height - margin.bottom + 15, short(tick), 'middle')}`;
    }),
    ...up.ticks.map((tick) => {
      const at = up.at(tick);
      return `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="#ddd"/>${text(margin.left - 6, at + 4, short(tick), 'end')}`;
    }),
  ];
  const drawn = lines.map((line, index) => {
    const colour = colours[index % colours.length] ?? '#000';
    const places = line.points.map(([px, py]) => [across.at(px), up.at(py)] as const);
    const path = places.map(([px, py]) => `${px},${py}`).join(' ');
    const dots = places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="${colour}"/>`).join('');
    const label = `<text x="${margin.left + 8}" y="${margin.top + 14 + index * 14}" fill="${colour}">${line.label}</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots}${label}`;
  });
  const names = [
    `<text x="${margin.left}" y="18" font-size="13">${title}</text>`,
    text((margin.left + width) / 2, height - 8, x, 'middle'),
    `<text transform="translate(14 ${height / 2}) rotate(-90)" text-anchor="middle">${y}</text>`,
  ];
  return [...grid, ...drawn, ...names].join('');
}

/** A logarithmic axis over the values, from pixel `from` to pixel `to`, with ticks at 1, 2 and 5 times powers of ten. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.log10(Math.min(...values)) - 0.08;
  const high = Math.log10(Math.max(...values)) + 0.08;
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const step of [1, 2, 5]) ticks.push(step * 10 ** power);
  }
  return {
    at: (value: number) => Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10,
    ticks: ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high),
  };
}

function short(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));
}

function text(x: number, y: number, content: string, anchor: 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
