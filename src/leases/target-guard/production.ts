import type { Marks, NamespaceFacts, Refusal, RefusalRule, TargetFacts } from './target.ts';

/**
 * Refuses what calls itself production, in any name or label that could be read. It goes by whole
 * words, so that `product-catalog`, `delivery` and `oliver` pass. `non-prod` does not: whether a
 * name says yes or no is not for a pattern to decide. It cannot know production that is called
 * otherwise; that is what the allow-list and the consent are for.
 */
export function productionRefusals(target: TargetFacts): readonly Refusal[] {
  const { context, server, namespace, nodes } = target;
  return [
    ...refusal('production-context', 'context', namesIn([context])),
    ...refusal('production-server', 'server', namesIn([server])),
    ...(namespace === null ? [] : ofNamespace(namespace)),
    ...refusal('production-nodes', 'nodes', namesIn(nodes.map(({ name }) => name))),
    ...refusal(
      'production-node-labels',
      'labels of nodes',
      nodes.flatMap(({ labels }) => labelsIn(labels)),
    ),
  ];
}

const ofNamespace = ({ name, labels }: NamespaceFacts): readonly Refusal[] => [
  ...refusal('production-namespace', 'namespace', namesIn([name])),
  ...refusal('production-namespace-labels', `labels of namespace "${name}"`, labelsIn(labels)),
];

/** A large cluster says the same of each of its nodes. */
const SHOWN_MAX = 3;

function refusal(rule: RefusalRule, where: string, found: readonly string[]): readonly Refusal[] {
  const each = [...new Set(found)];
  if (each.length === 0) return [];
  const shown = each.slice(0, SHOWN_MAX).map((text) => `"${text}"`);
  const more = each.length > SHOWN_MAX ? [`${each.length - SHOWN_MAX} more`] : [];
  return [
    {
      rule,
      what: `looks like production: ${where} ${[...shown, ...more].join(', ')}`,
      hint: `use another target: none is taken with one of the words ${[...WORDS].join(', ')}`,
    },
  ];
}

const WORDS: ReadonlySet<string> = new Set(['prod', 'production', 'prd', 'live']);

const namesIn = (names: readonly string[]): readonly string[] => names.filter(saysProduction);

const saysProduction = (text: string): boolean => wordsOf(text).some((word) => WORDS.has(word));

/**
 * Words between anything that is no letter; `prod1` and `eu2prod` have one, and so has
 * `PaymentsProd`.
 */
const wordsOf = (text: string): readonly string[] => {
  const words = text.match(/[A-Za-z]+/g) ?? [];
  const parts = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return [...words, ...parts].map((word) => word.toLowerCase());
};

const NO: ReadonlySet<string> = new Set(['false', 'no', '0', 'off', 'none']);

/** Labels that say it by their value, as env=prod, or by their key, unless that is denied. */
const labelsIn = (labels: Marks): readonly string[] =>
  Object.entries(labels)
    .filter(([key, value]) => {
      const denied = NO.has(value.toLowerCase());
      return saysProduction(value) || (saysProduction(key) && !denied);
    })
    .map(([key, value]) => `${key}=${value}`);
