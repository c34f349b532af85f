import type { Engine } from '../ports.ts';
import { textOf } from './containers.ts';

/** The labels of an image; `undefined` when the engine has no such image. */
export async function imageLabels(
  engine: Engine,
  image: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const response = await engine.send('GET', `/images/${image}/json`);
  if (response.status === 404) return undefined;
  const content = JSON.parse(textOf(response.body, response.status, `inspect ${image}`)) as {
    readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
  };
  return content.Config?.Labels ?? {};
}

/** Makes an image of one layer from a tar archive; `changes` are Dockerfile lines such as `LABEL a=b`. */
export async function importImage(
  engine: Engine,
  image: { readonly repository: string; readonly tag: string },
  archive: Uint8Array,
  changes: readonly string[],
): Promise<void> {
  const query = new URLSearchParams({ fromSrc: '-', repo: image.repository, tag: image.tag });
  for (const change of changes) query.append('changes', change);
  const response = await engine.send('POST', `/images/create?${query.toString()}`, archive);
  const text = textOf(response.body, response.status, 'import the image');
  // The engine reports a failure of the import itself inside a successful answer.
  const failure = /"error"\s*:\s*"([^"]*)"/.exec(text)?.[1];
  if (failure !== undefined) textOf(new TextEncoder().encode(failure), 500, 'import the image');
}

/** Removes an image by name; false when there was none, or when containers use it and `force` is off. */
export async function removeImage(engine: Engine, image: string, { force } = { force: true }): Promise<boolean> {
  const response = await engine.send('DELETE', `/images/${image}?force=${force ? 1 : 0}`);
  if (response.status === 404 || (response.status === 409 && !force)) return false;
  textOf(response.body, response.status, `remove ${image}`);
  return true;
}

/** Removes images with a label that have lost their name to a newer one; those a container still needs stay. */
export async function removeNamelessImages(engine: Engine, label: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ dangling: ['true'], label: [label] }));
  const response = await engine.send('GET', `/images/json?filters=${filters}`);
  const images = JSON.parse(textOf(response.body, response.status, 'list the images')) as readonly {
    readonly Id: string;
  }[];
  for (const { Id } of images) await engine.send('DELETE', `/images/${Id}`);
}
