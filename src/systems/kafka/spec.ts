import { z } from 'zod';
import { type EnsembleSpec, ensembleSchema } from '../zookeeper/spec.ts';
import { compareVersions, KRAFT_SINCE, ZOOKEEPER_UNTIL } from './distribution.ts';

/** What a suite may say of a Kafka cluster, with defaults filled in. */
export type KafkaSpec = {
  readonly version: string;
  /** KRaft: the metadata quorum is Kafka's own; ZooKeeper: an ensemble beside the brokers. */
  readonly mode: 'kraft' | 'zookeeper';
  readonly brokers: number;
  /** Addresses are reserved for this many, so that a cluster can grow. */
  readonly brokersMax: number;
  /** Nodes of their own for the metadata quorum; without meaning when combined, 0 without KRaft. */
  readonly controllers: number;
  /** Every broker is a controller too; never without KRaft. */
  readonly combined: boolean;
  /** The ensemble of ZooKeeper mode; null in KRaft mode. */
  readonly zookeeper: EnsembleSpec | null;
  /** Heap of every broker and controller, in MiB. */
  readonly heapMiB: number;
  /** Size of the disk that each broker has for its logs, in MiB; null: what the machine has. */
  readonly dataLimitMiB: number | null;
  /** Kafka's own dotted keys; they win over the profile. */
  readonly config: { readonly [key: string]: string };
};

/** The default of every suite that does not say which. */
export const DEFAULT_VERSION = '4.3.1';

/** Keys that the layout owns: another value would cut the harness off from its own cluster. */
const OWNED = [
  'node.id',
  'broker.id',
  'process.roles',
  'listeners',
  'advertised.listeners',
  'listener.security.protocol.map',
  'inter.broker.listener.name',
  'controller.listener.names',
  'controller.quorum.voters',
  'controller.quorum.bootstrap.servers',
  'zookeeper.connect',
  'log.dir',
  'log.dirs',
  'metadata.log.dir',
] as const;

const wholeNumber = (least: number, most: number) =>
  z
    .int({ error: `expected a whole number from ${least} to ${most}` })
    .min(least, { error: `expected a whole number from ${least} to ${most}` })
    .max(most, { error: `expected a whole number from ${least} to ${most}` });

const config = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()], {
      error: 'expected text, a number or true/false',
    }),
  )
  .superRefine((settings, context) => {
    for (const key of Object.keys(settings)) {
      if (!(OWNED as readonly string[]).includes(key)) continue;
      const message = 'is laid out by highwater and cannot be set';
      context.addIssue({ code: 'custom', path: [key], message, input: settings[key] });
    }
  });

const schema = z
  .strictObject({
    version: z
      .string({ error: 'expected a version such as "4.3.1"' })
      .regex(/^\d+\.\d+\.\d+$/, { error: 'expected a version such as "4.3.1"', abort: true })
      .refine((version) => compareVersions(version, KRAFT_SINCE) >= 0, {
        error: `expected a version from ${KRAFT_SINCE} on`,
      })
      .default(DEFAULT_VERSION),
    mode: z.enum(['kraft', 'zookeeper'], { error: 'expected "kraft" or "zookeeper"' }).optional(),
    brokers: wholeNumber(1, 9).default(3),
    brokersMax: wholeNumber(1, 9).optional(),
    controllers: wholeNumber(1, 5)
      .refine((count) => count % 2 === 1, { error: 'expected an odd number of controllers' })
      .default(1),
    combined: z.boolean({ error: 'expected true or false' }).default(false),
    zookeeper: ensembleSchema.optional(),
    heapMiB: wholeNumber(128, 8192).default(384),
    // Two segments and the metadata log; what is smaller is full from the start.
    dataLimitMiB: wholeNumber(64, 65_536).nullable().default(null),
    config: config.default({}),
  })
  .superRefine(({ brokers, brokersMax }, context) => {
    if (brokersMax === undefined || brokersMax >= brokers) return;
    const message = `expected at least the number of brokers, ${brokers}`;
    context.addIssue({ code: 'custom', path: ['brokersMax'], message, input: brokersMax });
  })
  .superRefine(({ mode, version, zookeeper }, context) => {
    if (mode === 'zookeeper' && compareVersions(version, ZOOKEEPER_UNTIL) >= 0) {
      const message = `Kafka has no ZooKeeper mode from ${ZOOKEEPER_UNTIL} on (KIP-833), and kafka.version is ${version}`;
      context.addIssue({ code: 'custom', path: ['mode'], message, input: mode });
    }
    // Somebody who describes an ensemble means it; only a mode that was told may pass it over.
    if (mode === undefined && zookeeper !== undefined) {
      const message = 'has a meaning with kafka.mode "zookeeper" only';
      context.addIssue({ code: 'custom', path: ['zookeeper'], message, input: zookeeper });
    }
  });

/**
 * Checks what a suite wrote below `kafka`; gives the spec with defaults, or every problem at once.
 */
export function parseKafkaSpec(
  topology: unknown,
): { readonly spec: KafkaSpec } | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(topology, { reportInput: true });
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(problemsOf) };
  const { config, brokersMax, mode = 'kraft', zookeeper, ...rest } = parsed.data;
  return {
    spec: {
      ...rest,
      ...quorumOf(mode, { ...rest, zookeeper }),
      brokersMax: brokersMax ?? rest.brokers,
      config: Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, String(value)]),
      ),
    },
  };
}

/**
 * What keeps the metadata. What belongs to the other mode is passed over, so that a suite which
 * says how many controllers it wants can be run in ZooKeeper mode by an override of the mode alone.
 */
function quorumOf(
  mode: KafkaSpec['mode'],
  { controllers, combined, zookeeper }: Partial<z.infer<typeof schema>>,
): Pick<KafkaSpec, 'mode' | 'controllers' | 'combined' | 'zookeeper'> {
  return mode === 'zookeeper'
    ? { mode, controllers: 0, combined: false, zookeeper: zookeeper ?? ensembleSchema.parse({}) }
    : { mode, controllers: controllers ?? 1, combined: combined ?? false, zookeeper: null };
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const at = ['kafka', ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') {
    const { shape } = issue.path[0] === 'zookeeper' ? ensembleSchema : schema;
    const known = Object.keys(shape).join(', ');
    return issue.keys.map((key) => `${at}.${key}: unknown key; known are ${known}`);
  }
  if (issue.path.length === 0) return [`${at}: expected an object, got ${show(issue.input)}`];
  return [`${at}: ${issue.message}, got ${show(issue.input)}`];
}

const show = (value: unknown): string =>
  value === undefined ? 'nothing' : `${JSON.stringify(value)} (${kindOf(value)})`;

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
