import { rngOf } from '../../core/rng.ts';
import type { Agenda } from './agenda.ts';
import type { SimBroker } from './broker.ts';
import type { SimPartition } from './partition.ts';

/** A consumer, as its group sees it. */
export interface Member {
  readonly topics: readonly string[];
  /** Nothing is its own any more until it is assigned anew. */
  revoked(): void;
  /** Owns these, each from its committed offset or from the earliest. */
  assigned(partitions: readonly { readonly of: SimPartition; readonly from: number }[]): void;
}

interface Group {
  readonly members: Member[];
  readonly committed: Map<SimPartition, number>;
  generation: number;
}

/** Milliseconds from a change of membership to the new assignment. */
const REBALANCE = 5;

/**
 * Consumer groups: members, assignments and committed offsets. Committed offsets are safe here as
 * long as any broker is (their own topic is not modelled); the coordinator is one of the brokers,
 * and while it is dead and not fenced nobody can commit or join.
 */
export class Groups {
  private readonly agenda: Agenda;
  private readonly registered: () => readonly SimBroker[];
  private readonly partitionsOf: (topic: string) => readonly SimPartition[];
  private readonly groups = new Map<string, Group>();

  constructor(of: {
    readonly agenda: Agenda;
    readonly registered: () => readonly SimBroker[];
    readonly partitionsOf: (topic: string) => readonly SimPartition[];
  }) {
    this.agenda = of.agenda;
    this.registered = of.registered;
    this.partitionsOf = of.partitionsOf;
  }

  /** The broker that coordinates a group now; it may have died a moment ago. */
  coordinatorOf(group: string): SimBroker | undefined {
    const brokers = this.registered();
    return brokers.length === 0 ? undefined : rngOf(group).pick(brokers);
  }

  /** Takes a member in; asking twice, since the first answer was lost, changes nothing. */
  join(group: string, member: Member): void {
    const { members } = this.groupOf(group);
    if (members.includes(member)) return;
    members.push(member);
    this.rebalance(group);
  }

  leave(group: string, member: Member): void {
    const { members } = this.groupOf(group);
    const at = members.indexOf(member);
    if (at < 0) return;
    members.splice(at, 1);
    this.rebalance(group);
  }

  commit(group: string, offsets: ReadonlyMap<SimPartition, number>): void {
    const { committed } = this.groupOf(group);
    for (const [partition, offset] of offsets) committed.set(partition, offset);
  }

  /** Null where the group has no committed offset. */
  committed(group: string, of: SimPartition): number | null {
    return this.groups.get(group)?.committed.get(of) ?? null;
  }

  /** Everybody gives up everything and gets a share anew (eager rebalance). */
  private rebalance(name: string): void {
    const group = this.groupOf(name);
    group.generation += 1;
    const { generation } = group;
    for (const member of group.members) member.revoked();
    this.agenda.after(REBALANCE, () => {
      if (group.generation !== generation) return;
      const all = [...new Set(group.members.flatMap(({ topics }) => topics))]
        .flatMap((topic) => this.partitionsOf(topic))
        .map((of) => ({ of, from: group.committed.get(of) ?? 0 }));
      group.members.forEach((member, index) => {
        member.assigned(all.filter((_, at) => at % group.members.length === index));
      });
    });
  }

  private groupOf(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { members: [], committed: new Map(), generation: 0 };
      this.groups.set(name, group);
    }
    return group;
  }
}
