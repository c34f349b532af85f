import { messageOf } from '#base';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { type CommandBody, programName } from '../invocation.ts';

/** Where the agent of this machine answers for names. Source: "DNS attributes for your VPC". */
const resolver = '169.254.169.253';

export interface LookUpOptions {
  readonly server?: string;
}

/** `roadstead dns lookup NAME [TYPE]`: what the resolver of this machine's agent answers. */
export const lookUpName: CommandBody<LookUpOptions> = async ({ deps, common }, [name = '', type = 'A'], options) => {
  const { server = resolver } = options;
  const wanted = type.toUpperCase();
  const values = await deps.names.lookUp(server, name, wanted).catch((error: unknown) => {
    throw failureOf(error, { name, wanted, server, program: programName(common) });
  });
  return {
    report: {
      data: { name, type: wanted, server, values },
      lines: () => values,
      names: values,
    },
  };
};

function failureOf(
  error: unknown,
  { name, wanted, server, program }: { name: string; wanted: string; server: string; program: string },
): Failure {
  const code = (error as { readonly code?: unknown }).code;
  if (code === 'ENOTFOUND' || code === 'ENODATA') {
    const why = code === 'ENODATA' ? `it is there, without ${wanted} records` : 'there is no such name';
    return new Failure(`cannot find ${name}`, {
      why,
      next: 'aws servicediscovery list-services shows which names there are',
      exitCode: exitCodes.notFound,
    });
  }
  return new Failure(`cannot ask ${server} for ${name}`, {
    why: messageOf(error),
    next: `the agent of this machine answers there when it runs with task networking: see  ${program} doctor`,
  });
}

export interface ConfigureOptions {
  readonly for: 'resolved' | 'dnsmasq';
}

/** Domains whose names the machine's own resolver is to ask the agent for. */
function domainsOf(given: readonly string[]): readonly string[] {
  return given.length === 0 ? ['elb.localhost'] : given;
}

const forms = {
  resolved: {
    path: '/etc/systemd/resolved.conf.d/roadstead.conf',
    text: (domains: readonly string[]) =>
      `[Resolve]\nDNS=${resolver}\nDomains=${domains.map((each) => `~${each}`).join(' ')}`,
    after: 'systemctl restart systemd-resolved',
  },
  dnsmasq: {
    path: '/etc/dnsmasq.d/roadstead.conf',
    text: (domains: readonly string[]) => domains.map((each) => `server=/${each}/${resolver}`).join('\n'),
    after: 'systemctl restart dnsmasq',
  },
} as const;

/** `roadstead dns configuration [DOMAIN…]`: what makes this machine's own resolver ask the agent. Changes nothing. */
export const printConfiguration: CommandBody<ConfigureOptions> = async (_, args, options) => {
  const form = forms[options.for];
  const text = form.text(domainsOf(args));
  return Promise.resolve({
    report: {
      data: { path: form.path, text, after: form.after },
      lines: () => [`# ${form.path}; then: ${form.after}`, ...text.split('\n')],
      names: [form.path],
    },
  });
};
