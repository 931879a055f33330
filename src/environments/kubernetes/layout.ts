import { createHash } from 'node:crypto';

/** Names and labels of what a run has in a cluster. Pure. */

/** On everything of a run; by this label `census` and `sweep` find it, and by nothing else. */
export const RUN_LABEL = 'highwater.run';
/** On what belongs to a node: its id. */
export const NODE_LABEL = 'highwater.node';
/** On a node's own pods, so that a Service does not lead to a helper. */
export const PART_LABEL = 'highwater.part';
/** The container of a pod that is the node. */
export const NODE_CONTAINER = 'node';
/** The ephemeral container from which its links are cut. */
export const LINKS_CONTAINER = 'links';

/** Names of the API have at most so many characters (RFC 1123 label). */
const NAME_MAX = 63;
/** Below these numbers a process needs rights that images do without. */
const FIRST_PORT = 9092;

/** Where one run is: in a namespace, under a label. */
export interface Place {
  readonly namespace: string;
  /** The run as a label's value. */
  readonly label: string;
}

/** A text as a name of the API: lower case, and short enough without losing what sets it apart. */
export function apiName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain.length <= NAME_MAX && plain === text) return plain;
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${plain.slice(0, NAME_MAX - 9).replace(/-+$/, '')}-${mark}`;
}

/** Where a run has its things: in a namespace of its own unless one is given. */
export const placeOf = (run: string, namespace?: string): Place => ({
  namespace: namespace ?? apiName(`highwater-${run}`),
  label: apiName(run),
});

/** Labels of one thing of a run. */
export const labelsOf = (
  place: Place,
  of: Readonly<Record<string, string>> = {},
): Record<string, string> => ({ [RUN_LABEL]: place.label, ...of });

/** Selects everything of a run. */
export const selectorOf = ({ label }: Place): string => `${RUN_LABEL}=${label}`;

/** The pod of a node: the only one of its StatefulSet. */
export const podOf = (node: string): string => `${node}-0`;

/** The claim of a node's volume, as a StatefulSet names it. */
export const claimOf = (node: string, volume: string): string => `${volume}-${podOf(node)}`;

/** The number of a node's listener inside of its pod; the same in all pods. */
export const portOf = (slot: number): number => FIRST_PORT + slot;
