// oxlint-disable-next-line typescript/no-explicit-any -- records as the journal's text has them
type Raw = any;

/** What the rows of one transaction refer to, by table; see the journal's text in `src/store/text/codec.ts`. */
interface RowTable {
  readonly created: Raw[];
  readonly shapes: Raw[];
  readonly texts: string[];
}

/** Turns the rows of one transaction into changes that hold whole records. It shares no code with the store. */
export class Rows {
  readonly #tables = new Map<string, RowTable>();
  #current = '';

  /** The record that a row makes; `before` is what is stored under its key. */
  record([shape, place, , key, ...values]: [number, number | null, number, string, ...Raw[]], before: Raw): Raw {
    const table = this.#table(this.#current);
    const like: Raw = place === null ? before : table.created[place];
    const record: Raw = made(table.shapes[shape], like, { key, values: values.values(), texts: table.texts });
    if (place !== null) table.created.push(record);
    return record;
  }

  /** The table that rows are of now. */
  get table(): string {
    return this.#current;
  }

  shape(name: string, number: number, template: Raw): void {
    this.#current = name;
    this.#table(name).shapes[number] = template;
  }

  created(name: string, record: Raw): void {
    this.#current = name;
    this.#table(name).created.push(record);
  }

  #table(name: string): RowTable {
    const table = this.#tables.get(name) ?? { created: [], shapes: [], texts: [] };
    this.#tables.set(name, table);
    return table;
  }
}

interface Row {
  readonly key: string;
  readonly values: Iterator<Raw>;
  readonly texts: string[];
}

function made(template: Raw, like: Raw, row: Row): Raw {
  if (typeof template === 'number') return leaf(template, row);
  if (Array.isArray(template)) return template.map((part, i) => (part === null ? like[i] : made(part, like[i], row)));
  const record = { ...like };
  for (const [field, part] of Object.entries(template)) {
    if (part === 2) delete record[field];
    else record[field] = made(part, like[field], row);
  }
  return record;
}

function leaf(kind: number, { key, values, texts }: Row): Raw {
  if (kind === 1) return key;
  const { value } = values.next();
  if (kind === 3) texts.push(value);
  return kind === 4 ? texts[value] : value;
}
