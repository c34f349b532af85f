import { type RoadsteadView, schema, type TableName } from '#store';

/** Everything in a store, a line for each record: revision first, then each table in order of creation. */
export function contentLines(view: RoadsteadView): string {
  const lines = [JSON.stringify(view.revision)];
  for (const table of Object.keys(schema) as TableName[]) {
    for (const record of view[table].all()) lines.push(JSON.stringify([table, record]));
  }
  return `${lines.join('\n')}\n`;
}
