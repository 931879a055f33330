import type { Declared } from './declared.ts';

/**
 * Rules of thumb by which clusters are sized, each as it is usually told and in a form that leaves
 * less out. The plain forms are from "Kafka and Kubernetes" tutorials:
 *
 *   partitions = total data / partition size
 *   throughput = partitions × throughput of one partition
 *   request    = need of one application × applications
 *   limit      = maximum of one application × applications
 *
 * The fuller form of the first two is Jun Rao's "How to choose the number of topics/partitions in a
 * Kafka cluster" (Confluent, 2015): at least max(t/p, t/c) partitions, where t is the wanted
 * throughput, and p and c are what one partition takes and one consumer handles. Those of requests
 * and limits follow from how a consumer group shares partitions: an instance more than there are
 * partitions has nothing to do. None of them knows keys, replication traffic, or a machine's end.
 */
export interface Formula {
  readonly name: 'partitions' | 'throughput' | 'request' | 'limit';
  /** As it is told, and as it is computed here. */
  readonly plain: Term;
  readonly fuller: Term;
}

/** One form of a formula with its numbers put in. */
export interface Term {
  /** In words: "total data / partition size". */
  readonly form: string;
  readonly results: readonly Result[];
  /** What would have to be declared; empty when there are results. */
  readonly needs: readonly (keyof Declared)[];
}

/** A number with its unit. */
export interface Result {
  readonly what: string;
  readonly value: number;
  readonly unit: 'partitions' | 'records/s' | 'bytes' | 'bytes/s' | 'cores';
}

/** Computes all formulas of a declared load. Pure. */
export function formulasOf(declared: Declared): readonly Formula[] {
  const fuller = fullerPartitions(declared);
  const partitions = fuller.results[0]?.value ?? plainPartitions(declared).results[0]?.value;
  return [
    { name: 'partitions', plain: plainPartitions(declared), fuller },
    throughputOf(declared, partitions),
    sumOf('request', declared, partitions),
    sumOf('limit', declared, partitions),
  ];
}

/** The number of partitions that the formulas come to; null when too little is declared. */
export function partitionsOf(declared: Declared): number | null {
  const [fuller, plain] = [fullerPartitions(declared), plainPartitions(declared)];
  return fuller.results[0]?.value ?? plain.results[0]?.value ?? null;
}

const term = (
  form: string,
  needs: readonly (keyof Declared)[],
  { declared, results }: { declared: Declared; results: () => readonly Result[] },
): Term => {
  const lacking = needs.filter((key) => declared[key] === null);
  return { form, needs: lacking, results: lacking.length === 0 ? results() : [] };
};

function plainPartitions(declared: Declared): Term {
  const { rate, recordBytes, retention, partitionBytes } = declared;
  const total = rate * recordBytes * (retention ?? 0);
  return term('total data / partition size', ['retention', 'partitionBytes'], {
    declared,
    results: () => [partitions(total / (partitionBytes ?? 1))],
  });
}

function fullerPartitions(declared: Declared): Term {
  const { rate, partitionRate, consumerRate } = declared;
  const plain = plainPartitions(declared).results[0]?.value ?? 1;
  return term(
    'the largest of: data / size, rate / rate of one, rate / rate of one consumer',
    ['partitionRate', 'consumerRate'],
    {
      declared,
      results: () => [
        partitions(Math.max(plain, rate / (partitionRate ?? 1), rate / (consumerRate ?? 1))),
        ...onDisks(declared),
      ],
    },
  );
}

/** A plain total counts data once; disks hold it once a replica. */
const onDisks = ({ rate, recordBytes, retention, replication }: Declared): readonly Result[] =>
  retention === null
    ? []
    : [
        {
          what: 'on all disks',
          value: rate * recordBytes * retention * replication,
          unit: 'bytes',
        },
      ];

const partitions = (count: number): Result => ({
  what: 'partitions',
  value: Math.max(1, Math.ceil(count)),
  unit: 'partitions',
});

function throughputOf(declared: Declared, count: number | undefined): Formula {
  const { partitionRate, recordBytes, replication, rate } = declared;
  const one = partitionRate ?? 0;
  const all = (count ?? 0) * one;
  const lacking: (keyof Declared)[] = count === undefined ? ['partitionBytes'] : [];
  return {
    name: 'throughput',
    plain: term('partitions × throughput of one', ['partitionRate', ...lacking], {
      declared,
      results: () => [{ what: 'throughput', value: all, unit: 'records/s' }],
    }),
    fuller: term('the same, at most; every record is written once a replica', [], {
      declared,
      results: () => [
        {
          what: 'written by all brokers',
          value: rate * recordBytes * replication,
          unit: 'bytes/s',
        },
        // Followers fetch what the leader has, and the group reads it once more (fan-out of one).
        { what: 'sent by all brokers', value: rate * recordBytes * replication, unit: 'bytes/s' },
      ],
    }),
  };
}

function sumOf(name: 'request' | 'limit', declared: Declared, count: number | undefined): Formula {
  const [cpu, memory] =
    name === 'request' ? (['cpu', 'memory'] as const) : (['cpuMax', 'memoryMax'] as const);
  const what = name === 'request' ? 'need' : 'maximum';
  const results = (instances: number): readonly Result[] => [
    { what: 'cpu', value: (declared[cpu] ?? 0) * instances, unit: 'cores' },
    { what: 'memory', value: (declared[memory] ?? 0) * instances, unit: 'bytes' },
  ];
  const needs = ['applications', cpu, memory] as const;
  const applications = declared.applications ?? 0;
  return {
    name,
    plain: term(`${what} × applications`, needs, {
      declared,
      results: () => results(applications),
    }),
    fuller: term(`${what} × applications that have a partition`, needs, {
      declared,
      results: () => results(Math.min(applications, count ?? applications)),
    }),
  };
}
