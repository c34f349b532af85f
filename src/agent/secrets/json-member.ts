/** A member of a secret that is a JSON object, or why there is none. Neither has anything of the secret. */
export type JsonMember =
  | { readonly is: 'value'; readonly value: string }
  | { readonly is: 'not an object' }
  | { readonly is: 'absent' };

/**
 * Reads one member, as a variable holds it. ECS's agent writes values in Go's default form, so what is no text looks as
 * follows: `true`, `5432`, `1.2345678e+07`, `<nil>`, `[1 2]`, `map[a:1 b:2]`.
 */
export function jsonMember(secret: string, key: string): JsonMember {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret);
  } catch {
    // The parser's message would quote the secret.
    return { is: 'not an object' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { is: 'not an object' };
  if (!Object.hasOwn(parsed, key)) return { is: 'absent' };
  return { is: 'value', value: goText((parsed as Record<string, unknown>)[key]) };
}

function goText(value: unknown): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return goNumber(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return typeof value === 'string' ? value : String(value === true);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `map[${members.map(([name, member]) => `${name}:${goText(member)}`).join(' ')}]`;
}

/** Go's %v of a float64: the shortest digits, with an exponent from a million on. */
function goNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
