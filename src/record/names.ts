/** Names that many parts share. */

/**
 * `2026-05-04T0312-leader-down-1f3a`: sorts by time, safe as a folder, a topic suffix and a label.
 */
export type RunId = string;
/** `broker-1`, `controller-1`: unique in a run. */
export type NodeId = string;
/** `broker`, `controller`: what a node is for. */
export type Role = string;
/** Names a step of the timeline: `fault-1`. */
export type StepId = string;
/** A producer client instance: one worker's one connection life, `p0`. */
export type SessionId = string;
/** `no-loss`: names a checker. */
export type ClaimName = string;

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}
/** `orders-0`, as Kafka names the folder. */
export const showPartition = (of: TopicPartition): string => `${of.topic}-${of.partition}`;
