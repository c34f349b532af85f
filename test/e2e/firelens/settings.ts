import { existsSync, readFileSync } from 'node:fs';

/** A section of a router's file: its kind (`input`, `filter`, `output`), its argument, its settings by lower-case name. */
export interface Section {
  readonly kind: string;
  readonly match: string;
  readonly settings: ReadonlyMap<string, readonly string[]>;
}

/** The routers' files where their images look for them, and the reader of each form. */
const forms = [
  { path: '/fluent-bit/etc/fluent-bit.conf', read: readFluentBit },
  { path: '/fluentd/etc/fluent.conf', read: readFluentd },
] as const;

/** The sections of the file that this container was given, those of the files it includes in their place. */
export function readSettings(): readonly Section[] {
  const form = forms.find(({ path }) => existsSync(path));
  if (form === undefined) throw new Error('no configuration: neither of Fluent Bit nor of fluentd');
  return form.read(form.path);
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

class Draft {
  readonly #settings = new Map<string, string[]>();
  readonly #kind: string;
  readonly #match: string | undefined;

  constructor(kind: string, match?: string) {
    this.#kind = kind;
    this.#match = match;
  }

  add(line: string, prefix = ''): void {
    const [, name = '', value = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    const key = prefix + name.toLowerCase();
    this.#settings.set(key, [...(this.#settings.get(key) ?? []), value]);
  }

  section(): Section {
    const [match = ''] = this.#settings.get('match') ?? [];
    return { kind: this.#kind, match: this.#match ?? match, settings: this.#settings };
  }
}

function readFluentBit(path: string): readonly Section[] {
  const sections: (Draft | Section)[] = [];
  for (const line of linesOf(path)) {
    const kind = /^\[(\w+)\]$/.exec(line)?.[1];
    const included = /^@INCLUDE\s+(.*)$/i.exec(line)?.[1];
    const last = sections.at(-1);
    if (kind !== undefined) sections.push(new Draft(kind.toLowerCase()));
    else if (included !== undefined) sections.push(...readFluentBit(included));
    else if (last instanceof Draft) last.add(line);
    else throw new Error(`outside of a section: ${line}`);
  }
  return sections.map((each) => (each instanceof Draft ? each.section() : each));
}

const kinds: Readonly<Record<string, string>> = { source: 'input', filter: 'filter', match: 'output' };

/** Settings of a directive within another are `<directive>.<name>`. */
function readFluentd(path: string): readonly Section[] {
  const sections: Section[] = [];
  let draft: Draft | undefined;
  let within = '';
  for (const line of linesOf(path)) {
    const [, closing, directive = '', argument = ''] = /^<(\/?)(\w+)\s*(.*)>$/.exec(line) ?? [];
    const included = /^@include\s+(.*)$/.exec(line)?.[1];
    if (included !== undefined) sections.push(...readFluentd(included));
    else if (directive === '') draft?.add(line, within);
    else if (closing === '/') {
      if (within !== '') within = '';
      else if (draft !== undefined) {
        sections.push(draft.section());
        draft = undefined;
      }
    } else if (draft === undefined) draft = new Draft(kinds[directive] ?? directive, argument);
    else within = `${directive}.`;
  }
  return sections;
}
