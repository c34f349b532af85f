import type { RouterConfiguration, RouterPlugin } from './configuration.ts';
import type { LogRouter } from './router.ts';

/** The text of a router's main configuration file. */
export function configurationText(configuration: RouterConfiguration, type: LogRouter['type']): string {
  const sections = type === 'fluentd' ? fluentd(configuration) : fluentBit(configuration);
  return sections.join('\n');
}

/** Fluent Bit's classic form. Source: "Classic mode", Fluent Bit's manual. */
function fluentBit({ inputs, filters, fields, include, outputs }: RouterConfiguration): readonly string[] {
  const section = (kind: string, entries: RouterPlugin['options']): string =>
    `[${kind}]\n${entries.map(([name, value]) => `    ${name} ${value}\n`).join('')}`;
  const plugin = (kind: 'INPUT' | 'OUTPUT', { name, tag, options }: RouterPlugin): string => {
    const tagged = tag === undefined ? [] : [[kind === 'INPUT' ? 'Tag' : 'Match', tag] as const];
    return section(kind, [['Name', name], ...tagged, ...options]);
  };
  const filter = (name: string, tag: string, ...entries: RouterPlugin['options']): string =>
    section('FILTER', [['Name', name], ['Match', tag], ...entries]);
  return [
    ...inputs.map((input) => plugin('INPUT', input)),
    ...filters.map(({ keep, tag, pattern }) => filter('grep', tag, [keep ? 'Regex' : 'Exclude', `log ${pattern}`])),
    ...(fields.length === 0
      ? []
      : [filter('record_modifier', '*', ...fields.map(([name, value]) => ['Record', `${name} ${value}`] as const))]),
    ...(include === undefined ? [] : [`@INCLUDE ${include}\n`]),
    ...outputs.map((output) => plugin('OUTPUT', output)),
  ];
}

/** Source: "Config File Syntax", fluentd's documentation. */
function fluentd({ inputs, filters, fields, include, outputs }: RouterConfiguration): readonly string[] {
  const lines = (entries: RouterPlugin['options'], indent: string): string =>
    entries.map(([name, value]) => `${indent}${name} ${value}\n`).join('');
  const plugin = (directive: string, argument: string | undefined, { name, options }: RouterPlugin): string => {
    const opening = argument === undefined ? directive : `${directive} ${argument}`;
    return `<${opening}>\n${lines([['@type', name], ...options], '  ')}</${directive}>\n`;
  };
  const within = (tag: string, type: string, directive: string, entries: RouterPlugin['options']): string =>
    `<filter ${tag}>\n  @type ${type}\n  <${directive}>\n${lines(entries, '    ')}  </${directive}>\n</filter>\n`;
  return [
    ...inputs.map((input) => plugin('source', undefined, input)),
    ...filters.map(({ keep, tag, pattern }) =>
      within(tag, 'grep', keep ? 'regexp' : 'exclude', [
        ['key', 'log'],
        ['pattern', pattern],
      ]),
    ),
    ...(fields.length === 0 ? [] : [within('**', 'record_transformer', 'record', fields)]),
    ...(include === undefined ? [] : [`@include ${include}\n`]),
    ...outputs.map((output) => plugin('match', output.tag, output)),
  ];
}
