import type { ContainerDefinition, PortMapping } from '#model';
import { eachContainer, firstOf, nameOf, type Rule } from './rule.ts';

const maxPort = 65_535;
const maxRangesPerContainer = 100;

interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** First and last port of `8000-8010`; `undefined` unless 1 <= first < last <= 65535. */
export function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  return first >= 1 && first < last && last <= maxPort ? { first, last } : undefined;
}

/** PortMapping, containerPort 1 to 65535, hostPort 0 to 65535. Observed for containerPort; hostPort by analogy. */
const portsAreValid: Rule = eachContainer((container) =>
  firstOf(container.portMappings, ({ containerPort, hostPort, containerPortRange }) => {
    if (containerPortRange !== undefined) return undefined;
    if (containerPort === undefined || containerPort < 1 || containerPort > maxPort) {
      return `Invalid 'containerPort' setting for container '${nameOf(container)}'.`;
    }
    return hostPort !== undefined && (hostPort < 0 || hostPort > maxPort)
      ? `Invalid 'hostPort' setting for container '${nameOf(container)}'.`
      : undefined;
  }),
);

/** PortMapping, containerPortRange: alone, ascending, at most 100 per container, bridge or awsvpc. Observed texts. */
const portRangesAreValid: Rule = eachContainer((container, { input, networkMode }) => {
  const given = input.containerDefinitions.find(({ name }) => name === container.name)?.portMappings ?? [];
  if (given.some((mapping) => mapping.containerPortRange !== undefined && hasSinglePort(mapping))) {
    return 'cannot specify both single port and port range';
  }
  const ranges = (container.portMappings ?? []).flatMap(({ containerPortRange }) => containerPortRange ?? []);
  const valid = ranges.length <= maxRangesPerContainer && ranges.every((range) => parsePortRange(range) !== undefined);
  if (!valid) return `Invalid 'containerPortRange' setting for container '${nameOf(container)}'.`;
  return ranges.length > 0 && networkMode === 'host'
    ? 'containerPortRange is not supported when networkMode=host.'
    : undefined;
});

function hasSinglePort(mapping: { readonly containerPort?: number; readonly hostPort?: number }): boolean {
  return mapping.containerPort !== undefined || mapping.hostPort !== undefined;
}

/** "Task definition parameters", Port mappings: awsvpc and host mode map each port to itself. Observed texts. */
const hostPortsMatch: Rule = eachContainer((container, { networkMode }) => {
  if (networkMode !== 'awsvpc' && networkMode !== 'host') return undefined;
  return firstOf(container.portMappings, ({ containerPort, hostPort }) =>
    hostPort === containerPort
      ? undefined
      : `When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`,
  );
});

/** RegisterTaskDefinition, networkMode: `none` takes no port mappings. */
const noneHasNoPorts: Rule = eachContainer(({ portMappings }, { networkMode }) =>
  networkMode === 'none' && portMappings !== undefined && portMappings.length > 0
    ? 'Port mappings are not supported when networkMode=none.'
    : undefined,
);

/** PortMapping: the same container port cannot be exposed for several protocols. */
const onePortOneProtocol: Rule = eachContainer((container) => {
  const protocols = new Map<number, string>();
  return firstOf(container.portMappings, ({ containerPort, protocol = 'tcp' }) => {
    if (containerPort === undefined) return undefined;
    const other = protocols.get(containerPort);
    protocols.set(containerPort, protocol);
    return other !== undefined && other !== protocol
      ? `Container port '${containerPort}' cannot be exposed for multiple protocols in container '${nameOf(container)}'.`
      : undefined;
  });
});

/** All containers of an awsvpc task share one interface, so each port is used once. Observed text. */
const portsAreUniqueInTask: Rule = ({ content, networkMode }) => {
  if (networkMode !== 'awsvpc') return undefined;
  const clash = firstClash(content.containerDefinitions.flatMap(portSpans));
  return clash === undefined
    ? undefined
    : `${clash.protocol.toUpperCase()} container port '${clash.first}' is used multiple times in task when networkMode=awsvpc.`;
};

/** PortMapping, containerPortRange: a port is in one mapping of its container only; ranges do not overlap. */
const portRangesDoNotOverlap: Rule = eachContainer((container) => {
  const spans = portSpans(container);
  const ranged = spans.filter(({ first, last }) => first !== last);
  for (const range of ranged) {
    const clash = spans.find((other) => other !== range && overlaps(range, other));
    if (clash !== undefined) return `Invalid 'containerPortRange' setting for container '${nameOf(container)}'.`;
  }
  return undefined;
});

interface PortSpan extends PortRange {
  readonly protocol: string;
}

function portSpans(container: ContainerDefinition): readonly PortSpan[] {
  return (container.portMappings ?? []).flatMap((mapping) => {
    const range = rangeOf(mapping);
    return range === undefined ? [] : [{ ...range, protocol: mapping.protocol ?? 'tcp' }];
  });
}

function rangeOf({ containerPort, containerPortRange }: PortMapping): PortRange | undefined {
  if (containerPortRange !== undefined) return parsePortRange(containerPortRange);
  return containerPort === undefined ? undefined : { first: containerPort, last: containerPort };
}

/** The first port that two spans of the same protocol share. */
function firstClash(spans: readonly PortSpan[]): PortSpan | undefined {
  for (const [index, span] of spans.entries()) {
    const clash = spans.slice(0, index).find((other) => overlaps(span, other));
    if (clash !== undefined) return { ...span, first: Math.max(span.first, clash.first) };
  }
  return undefined;
}

function overlaps(one: PortSpan, other: PortSpan): boolean {
  return one.protocol === other.protocol && one.first <= other.last && other.first <= one.last;
}

const portName = /^[a-z0-9_][a-z0-9_-]{0,63}$/;

/** PortMapping, name: up to 64 lower-case letters, digits, `_` and `-`, not a hyphen first; once per task. */
const portNamesAreValid: Rule = ({ content, networkMode }) => {
  const seen = new Set<string>();
  const mappings = content.containerDefinitions.flatMap(({ portMappings }) => portMappings ?? []);
  return firstOf(mappings, ({ name }) => {
    if (name === undefined) return undefined;
    if (!portName.test(name)) {
      return "The port mapping name that you provided is invalid. Up to 64 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first character.";
    }
    if (seen.has(name)) return `When networkMode=${networkMode}, port mapping name is already used`;
    seen.add(name);
    return undefined;
  });
};

/** What port mappings keep to, in the order it is checked. */
export const portRules: readonly Rule[] = [
  portRangesAreValid,
  portsAreValid,
  noneHasNoPorts,
  hostPortsMatch,
  onePortOneProtocol,
  portsAreUniqueInTask,
  portRangesDoNotOverlap,
  portNamesAreValid,
];
