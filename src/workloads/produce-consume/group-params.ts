import { z } from 'zod';
import type { Membership } from '../../clients/kafka/port.ts';
import { compareVersions } from '../../systems/kafka/distribution.ts';
import type { WorkloadGround } from '../workload.ts';

/**
 * What kind of consumer group reads along, and which client can be a member of it:
 *
 *                       kafkajs 2.2.4              @platformatic/kafka 2
 *   round-robin         its own                    its own
 *   range               ours, over its interface   ours, over its interface
 *   cooperative-sticky  no: it always gives up     its own
 *                       all partitions
 *   static members      no: it never sends a       yes (KIP-345)
 *                       group.instance.id
 *   protocol consumer   no                         yes (KIP-848), by Kafka 4.0 and later
 *
 * Unless told, it is kafkajs where kafkajs can do it. What cannot be done is refused when planning.
 */
type Asked = z.output<typeof asked>;

const MEMBERS_MAX = 32;

const asked = z.strictObject({
  members: z.int().min(1).max(MEMBERS_MAX).default(1),
  driver: z.enum(['kafkajs', 'platformatic']).optional(),
  protocol: z.enum(['classic', 'consumer']).default('classic'),
  assignor: z.enum(['range', 'round-robin', 'cooperative-sticky', 'uniform']).optional(),
  /** Every member has a group.instance.id. */
  static: z.boolean().default(false),
});

/** A group as it will be. */
export type GroupParams = {
  readonly members: number;
  readonly driver: Membership['driver'];
  readonly protocol: Membership['protocol'];
  readonly assignor: Membership['assignor'];
  readonly static: boolean;
};

/** `true` for one plain member, `false` or null for no group, or what kind of group. */
export const groupSchema = z
  .union([z.boolean(), z.null(), asked])
  .default(true)
  .transform((given, context): GroupParams | null => {
    if (given === false || given === null) return null;
    const group = given === true ? asked.parse({}) : given;
    for (const [key, message] of problemsOf(group)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
    return decided(group);
  });

function decided({ assignor, driver, ...group }: Asked): GroupParams {
  const { protocol } = group;
  const shared = assignor ?? (protocol === 'consumer' ? 'uniform' : 'round-robin');
  const needsOther = protocol === 'consumer' || group.static || shared === 'cooperative-sticky';
  return {
    ...group,
    assignor: shared,
    driver: driver ?? (needsOther ? 'platformatic' : 'kafkajs'),
  };
}

function problemsOf(group: Asked): [key: string, message: string][] {
  const { driver, protocol, assignor } = group;
  const problems: [string, string][] = [];
  if (driver === 'kafkajs') {
    if (protocol === 'consumer') problems.push(['protocol', 'kafkajs does not speak KIP-848']);
    if (assignor === 'cooperative-sticky') {
      problems.push(['assignor', 'kafkajs gives up all partitions in every rebalance']);
    }
    if (group.static) problems.push(['static', 'kafkajs never sends a group.instance.id']);
  }
  if (protocol === 'classic' && assignor === 'uniform') {
    problems.push(['assignor', 'uniform is shared out by the coordinator: protocol "consumer"']);
  }
  if (
    protocol === 'consumer' &&
    (assignor === 'round-robin' || assignor === 'cooperative-sticky')
  ) {
    problems.push(['assignor', `the coordinator knows uniform and range, not ${assignor}`]);
  }
  return problems;
}

/** The first version whose brokers have KIP-848 groups for everybody. */
const KIP_848_SINCE = '4.0.0';

/** What the system cannot do of it; told with the plan, before anything is started. */
export function systemProblems(group: GroupParams | null, { system }: WorkloadGround): string[] {
  if (group?.protocol !== 'consumer' || system?.kind !== 'kafka') return [];
  const version = system.spec['version'];
  if (typeof version !== 'string' || compareVersions(version, KIP_848_SINCE) >= 0) return [];
  return [
    `group.protocol: "consumer" (KIP-848) needs brokers of ${KIP_848_SINCE} or later, ` +
      `these are ${version}`,
  ];
}
