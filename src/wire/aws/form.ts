import { ApiError } from './api-error.ts';

/** The parameters of a query request as the tree their names spell: `Tags.member.1.Key=a`. */
export interface FormNode {
  /** Of several the last. */
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

/** No shape of any service is as deep. */
const maxSegments = 64;

/** The tree of a form or a query string. Throws MalformedQueryString. */
export function parseForm(text: string): FormNode {
  const root = emptyNode();
  for (const [name, value] of new URLSearchParams(text)) {
    const segments = name.split('.', maxSegments + 1);
    if (segments.length > maxSegments) {
      throw new ApiError('MalformedQueryString', 'The query string is malformed: a parameter is nested too deeply.');
    }
    let node = root;
    for (const segment of segments) node = childOf(node, segment);
    node.value = value;
  }
  return root;
}

/** The entries of a list by their numbers; gaps say nothing. */
export function entriesOf(node: FormNode): FormNode[] {
  return [...node.children]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function childOf(node: FormNode, name: string): FormNode {
  const known = node.children.get(name);
  if (known !== undefined) return known;
  const made = emptyNode();
  node.children.set(name, made);
  return made;
}

function emptyNode(): FormNode {
  return { value: undefined, children: new Map() };
}
