import type { CertificateArn, ExpressResources, Listener } from '#model';

/** What is there of what was made for a service that is over, and who else uses it. */
export interface CleanupView {
  readonly resources: ExpressResources;
  /** Interfaces of tasks in the service's group. */
  readonly taskInterfaces: number;
  /** Other Express services behind the load balancer. */
  readonly sharers: number;
  /** The load balancer is there, and may be deleted. */
  readonly mayGo: boolean;
  /** Target groups that other rules forward to. */
  readonly foreignGroups: ReadonlySet<string>;
  /** Listeners that show the certificate. */
  readonly listeners: readonly Listener[];
}

/** What is taken away; `undefined`: wait. */
export interface Cleanup {
  readonly targetGroupArns: readonly string[];
  /** The load balancer with all in it. */
  readonly loadBalancerArn?: string;
  /** Listeners that go on, without the certificate. */
  readonly listeners: readonly Listener[];
  readonly certificateArn?: CertificateArn;
}

/** What goes with a service. Pure. */
export function decideCleanup(view: CleanupView): Cleanup | undefined {
  const { resources, sharers, mayGo, foreignGroups } = view;
  if (view.taskInterfaces > 0) return undefined;
  const takes = sharers === 0 && mayGo;
  const staying = view.listeners.filter((each) => !takes || each.loadBalancerArn !== resources.loadBalancerArn);
  const freed = staying.flatMap((each) =>
    each.listenerArn === resources.listenerArn ? (without(each, resources.certificateArn) ?? []) : [],
  );
  return {
    targetGroupArns: resources.targetGroupArns.filter((arn) => !foreignGroups.has(arn)),
    ...(takes ? { loadBalancerArn: resources.loadBalancerArn } : {}),
    listeners: freed,
    ...(freed.length === staying.length ? { certificateArn: resources.certificateArn } : {}),
  };
}

/** The listener without a certificate; `undefined` when it has no other to show. */
function without(listener: Listener, arn: CertificateArn): Listener | undefined {
  const others = listener.certificateArns.filter((each) => each !== arn);
  if (listener.defaultCertificateArn !== arn) return { ...listener, certificateArns: others };
  const [defaultCertificateArn, ...certificateArns] = others;
  return defaultCertificateArn === undefined ? undefined : { ...listener, defaultCertificateArn, certificateArns };
}
