import type { GroupDescription, Membership } from '../../clients/kafka/port.ts';
import { rngOf } from '../../core/rng.ts';
import { type Agenda, cancel, type Entry } from './agenda.ts';
import { shareOut } from './assignors.ts';
import type { SimBroker } from './broker.ts';
import type { SimPartition } from './partition.ts';

/** A consumer, as its group sees it. */
export interface Member {
  /** How its client names itself. */
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly membership: Membership;
  /** Milliseconds of silence after which it is out. */
  readonly sessionTimeout: number;
  /** These are not its own any more. */
  revoked(partitions: readonly SimPartition[]): void;
  /** Owns these beside what it has, each from its committed offset or from the earliest. */
  assigned(partitions: readonly { readonly of: SimPartition; readonly from: number }[]): void;
}

/** A member with what it has; out when it is silent for too long. */
interface Seat {
  readonly member: Member;
  had: readonly SimPartition[];
  /** False until it got its first share. */
  isIn: boolean;
  /** Set while nothing is heard of it. */
  silence: Entry | undefined;
}

interface Group {
  seats: Seat[];
  readonly committed: Map<SimPartition, number>;
  generation: number;
}

/** Milliseconds from a change of membership to the new assignment. */
const REBALANCE = 5;

/**
 * Consumer groups: members, assignments and committed offsets. Committed offsets are safe here as
 * long as any broker is (their own topic is not modelled); the coordinator is one of the brokers,
 * and while it is dead and not fenced nobody can commit or join.
 *
 * In a classic group everybody gives up everything in a rebalance, and nobody has anything until
 * all have come; a silent member is waited for until its session is over. With cooperative-sticky,
 * and in a group of KIP-848, only what moves is given up, and nobody waits.
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
  join(name: string, member: Member): void {
    const group = this.groupOf(name);
    if (group.seats.some((seat) => seat.member === member)) return;
    const before = member.membership.isStatic
      ? group.seats.findIndex((seat) => seat.member.clientId === member.clientId)
      : -1;
    const known = group.seats[before];
    if (known === undefined) {
      group.seats.push({ member, had: [], isIn: false, silence: undefined });
      this.rebalance(name);
      return;
    }
    // A static member that comes back in time takes its seat again; nobody else notices (KIP-345).
    if (known.silence !== undefined) cancel(known.silence);
    group.seats[before] = { ...known, member, silence: undefined };
    member.assigned(known.had.map((of) => ({ of, from: group.committed.get(of) ?? 0 })));
  }

  leave(name: string, member: Member): void {
    const group = this.groupOf(name);
    const left = group.seats.find((seat) => seat.member === member);
    if (left === undefined) return;
    if (left.silence !== undefined) cancel(left.silence);
    group.seats = group.seats.filter((seat) => seat !== left);
    this.rebalance(name);
  }

  /** Nothing is heard of the member from now on; its session goes on until it is over. */
  fellSilent(name: string, member: Member): void {
    const seat = this.seatOf(name, member);
    if (seat === undefined || seat.silence !== undefined) return;
    seat.silence = this.agenda.after(member.sessionTimeout, () => this.leave(name, member));
  }

  /** Something is heard again; tells whether it is still a member. */
  spoke(name: string, member: Member): boolean {
    const seat = this.seatOf(name, member);
    if (seat?.silence !== undefined) cancel(seat.silence);
    if (seat !== undefined) seat.silence = undefined;
    return seat !== undefined;
  }

  /** Whether it is one of the group and may commit. */
  has(name: string, member: Member): boolean {
    return this.seatOf(name, member) !== undefined;
  }

  commit(group: string, offsets: ReadonlyMap<SimPartition, number>): void {
    const { committed } = this.groupOf(group);
    for (const [partition, offset] of offsets) committed.set(partition, offset);
  }

  /** Null where the group has no committed offset. */
  committed(group: string, of: SimPartition): number | null {
    return this.groups.get(group)?.committed.get(of) ?? null;
  }

  /** What its coordinator would say of it. */
  describe(name: string): GroupDescription {
    const seats = this.groups.get(name)?.seats ?? [];
    return {
      state: seats.length === 0 ? 'Empty' : 'Stable',
      members: seats.map(({ member, had }) => ({
        clientId: member.clientId,
        instance: member.membership.isStatic ? member.clientId : null,
        assigned: had.map(({ topic, partition }) => ({ topic, partition })),
      })),
    };
  }

  /** Everybody has to share anew, although nobody came or went: sabotage only. */
  rebalanceAll(): void {
    for (const name of this.groups.keys()) this.rebalance(name);
  }

  private rebalance(name: string): void {
    const group = this.groupOf(name);
    group.generation += 1;
    const { generation } = group;
    const isEager = group.seats.some((seat) => !isCooperative(seat.member));
    if (isEager) for (const seat of group.seats) takeAll(seat);
    this.agenda.after(REBALANCE, () => {
      // Whoever is silent is waited for: when its session is over there is another rebalance.
      const isWaiting = isEager && group.seats.some(({ silence }) => silence !== undefined);
      if (group.generation === generation && !isWaiting) this.assign(group);
    });
  }

  private assign(group: Group): void {
    const topics = new Set(group.seats.flatMap(({ member }) => member.topics));
    const all = [...topics].flatMap((topic) => this.partitionsOf(topic));
    const assignor = group.seats[0]?.member.membership.assignor ?? 'round-robin';
    const assignees = group.seats.map(({ member, had }) => ({ topics: member.topics, had }));
    const shares = shareOut(assignor, assignees, all);
    const before = group.seats.map(({ had }) => had);
    // Everything that moves is given up before anybody gets it.
    group.seats.forEach((seat, index) => {
      const share = shares[index] ?? [];
      const gone = seat.had.filter((of) => !share.includes(of));
      if (gone.length > 0 && seat.silence === undefined) seat.member.revoked(gone);
    });
    group.seats.forEach((seat, index) => {
      const share = shares[index] ?? [];
      const fresh = share.filter((of) => before[index]?.includes(of) !== true);
      seat.had = share;
      seat.isIn = true;
      if (seat.silence !== undefined) return;
      seat.member.assigned(fresh.map((of) => ({ of, from: group.committed.get(of) ?? 0 })));
    });
  }

  private seatOf(name: string, member: Member): Seat | undefined {
    return this.groups.get(name)?.seats.find((seat) => seat.member === member);
  }

  private groupOf(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { seats: [], committed: new Map(), generation: 0 };
      this.groups.set(name, group);
    }
    return group;
  }
}

const isCooperative = ({ membership: { protocol, assignor } }: Member): boolean =>
  protocol === 'consumer' || assignor === 'cooperative-sticky';

/** Takes everything from a member that had its share; whoever is silent is not told. */
function takeAll(seat: Seat): void {
  const gone = seat.had;
  seat.had = [];
  if (seat.isIn && seat.silence === undefined) seat.member.revoked(gone);
  seat.isIn = false;
}
