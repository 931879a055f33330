import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { type Bytes, showBytes } from '../../core/units.ts';
import { dumpFromLog } from '../dump-in-log.ts';
import type { ControlKind, Controls, Node, NodeSpec, NodeState } from '../node.ts';
import type { Works } from '../works.ts';
import type { Cluster } from './cluster.ts';
import { type ContainerRef, execIn, execOk } from './exec.ts';
import { NODE_CONTAINER, type Place, podOf } from './layout.ts';
import { KILL, KILL_FOR_GOOD, STATE_OF_PROCESS, signalScript } from './manifests/gated-command.ts';
import { volumesControl } from './node-volumes.ts';
import { followLife } from './pod-log.ts';
import { livesOf } from './pod-state.ts';
import type { PodWatch } from './pod-watch.ts';
import { type StatefulNode, statefulNode } from './stateful-node.ts';

/** What a node in a cluster is made of. */
export interface KubernetesNodeParts {
  readonly cluster: Cluster;
  readonly place: Place;
  readonly spec: NodeSpec;
  readonly volumes: readonly string[];
  readonly memory: Bytes;
  readonly slots: number;
  readonly logFile: string;
  readonly works: Works;
  readonly pods: PodWatch;
  /** Aborts when the run is over: nothing is waited for any longer. */
  readonly over: AbortSignal;
  /** Gives the image of a spec, and sees to it that the cluster can have it. */
  readonly provideImage: (spec: NodeSpec) => Promise<string>;
  /** A pod of it runs, or is about to go. */
  readonly joined: (node: string, pod: V1Pod) => Promise<void>;
  readonly left: (node: string) => Promise<void>;
}

/** A life that we asked to end for good, and how far that got. */
interface Ending {
  readonly life: string;
  /** Killed, and seen to be gone from inside, before the API tells. */
  readonly isGone: boolean;
}

const NONE: NodeState = { state: 'down', incarnation: null, ended: null };

/** A node as a StatefulSet of one pod. */
export class KubernetesNode implements Node {
  readonly id: string;
  readonly role: string;
  readonly logFile: string;
  readonly #parts: KubernetesNodeParts;
  readonly #api: StatefulNode;
  readonly #controls: Controls;
  readonly #followed = new Map<string, Promise<void>>();
  /** How lives ended that the API may not know of any more. */
  readonly #ends = new Map<string, string>();
  #spec: NodeSpec;
  #ending: Ending | undefined;
  #lastLife: string | undefined;
  #paused: string | undefined;
  #prepared = false;
  #starting: Promise<string> | undefined;

  constructor(parts: KubernetesNodeParts) {
    const { cluster, place, spec, logFile } = parts;
    this.#parts = parts;
    this.#spec = spec;
    this.id = spec.id;
    this.role = spec.role;
    this.logFile = logFile;
    const memory = showBytes(parts.memory);
    this.#api = statefulNode(cluster, { ...place, id: this.id, memory, logFile });
    const volumesOf = {
      cluster,
      place,
      node: this.id,
      volumes: parts.volumes,
      image: () => parts.provideImage(this.#spec),
      isUp: async () => (await this.#state()).incarnation !== null,
      untilGone: () => this.#untilGone(parts.over),
    };
    this.#controls = {
      process: {
        kill: (signal) => this.#kill(signal),
        pause: () => this.#pause(),
        resume: () => this.#resume(),
        start: (signal) => this.start(signal),
        replace: (next, signal) => this.#replace(next, signal),
        provide: async (next) => void (await parts.provideImage(next)),
        crash: () => this.#crash(),
      },
      volumes: volumesControl(volumesOf),
      threads: { dump: (signal) => this.#dump(signal) },
    };
    parts.pods.on(this.id, (pod) => this.#take(pod));
  }

  /** As it is now: `replace` gives it another. */
  get spec(): NodeSpec {
    return this.#spec;
  }

  control<Kind extends ControlKind>(kind: Kind): Controls[Kind] | undefined {
    return this.#controls[kind];
  }

  look(_signal: AbortSignal): Promise<NodeState> {
    return this.#state();
  }

  /** Starts the node and gives its incarnation; one that is up already stays as it is. */
  start(signal: AbortSignal): Promise<string> {
    this.#starting ??= this.#parts.works
      .do(`starting ${this.id}`, () => this.#start(signal))
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  async #start(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const before = await this.#state();
    if (before.incarnation !== null && this.#ending === undefined) return before.incarnation;
    const { place, volumes, memory, slots, provideImage, joined } = this.#parts;
    const image = await provideImage(this.#spec);
    if (this.#ending !== undefined) await this.#untilGone(signal);
    const input = { place, spec: this.#spec, image, volumes, memory, slots } as const;
    const wanted = { ...input, prepare: !this.#prepared } as const;
    const past = new Set(this.#ends.keys());
    const { pod, life } = await this.#api.bringUp(wanted, { past, signal });
    this.#prepared = true;
    this.#ending = undefined;
    this.#lastLife = life.id;
    this.#take(pod);
    await joined(this.id, pod);
    return life.id;
  }

  /** How it is now, asked of the cluster. */
  async #state(): Promise<NodeState> {
    const pod = await this.#api.pod();
    if (pod !== null) this.#take(pod);
    const life = pod === null ? undefined : livesOf(pod, this.#memory).at(-1);
    const ending = this.#ending;
    if (ending !== undefined && (ending.isGone || life?.id !== ending.life)) {
      // What runs there now is behind the gate: a container, and no node.
      const ended = ending.isGone ? 'signal SIGKILL' : await this.#endOf(ending.life);
      return { ...NONE, ended };
    }
    if (life?.running !== true) {
      const last = life?.id ?? this.#lastLife;
      return last === undefined ? NONE : { ...NONE, ended: await this.#endOf(last) };
    }
    this.#lastLife = life.id;
    const state = this.#paused === life.id && (await this.#isStopped()) ? 'paused' : 'up';
    return { state, incarnation: life.id, ended: null };
  }

  /** Notes what a pod tells of its lives, and writes down what they say. */
  #take(pod: V1Pod): void {
    for (const { id, running, ended } of livesOf(pod, this.#memory)) {
      if (ended !== null) this.#ends.set(id, ended);
      if (this.#followed.has(id)) continue;
      // Behind the gate nothing is said.
      if (this.#ending !== undefined && this.#ending.life !== id) continue;
      const previous = !running && pod.status?.phase === 'Running';
      const log = { at: this.#container, file: this.logFile, previous };
      this.#followed.set(id, followLife(this.#parts.cluster, log));
    }
  }

  /** The watch tells of it, a moment later than the pod is gone perhaps. */
  async #endOf(life: string): Promise<string | null> {
    for (let looks = 0; looks < 50 && !this.#ends.has(life); looks += 1) await pause(20);
    return this.#ends.get(life) ?? null;
  }

  get #memory(): string {
    return showBytes(this.#parts.memory);
  }

  get #container(): ContainerRef {
    const { namespace } = this.#parts.place;
    return { namespace, pod: podOf(this.id), container: NODE_CONTAINER };
  }

  async #kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { incarnation } = await this.#state();
    if (incarnation === null) return;
    // Nothing that comes after it is taken for the node.
    this.#ending = { life: incarnation, isGone: false };
    if (signal === 'SIGKILL') {
      const isGone = await this.#killNow(KILL_FOR_GOOD);
      this.#ending = { life: incarnation, isGone };
    }
    await this.#parts.left(this.id);
    await this.#api.takeAway();
  }

  /** The node dies, and its kubelet starts it again. */
  async #crash(): Promise<void> {
    const { incarnation } = await this.#state();
    if (incarnation !== null) await this.#killNow(KILL);
  }

  /** Whether its process was seen to be gone; else the API has to tell. */
  async #killNow(argv: readonly string[]): Promise<boolean> {
    const { code, stderr } = await execIn(this.#parts.cluster, this.#container, argv);
    // What we run in the container may die with it, before it could say that all is done.
    if (code === 0 || code === 137 || code === -1) return code === 0;
    throw new HighwaterError('FAULT_FAILED', `SIGKILL to ${this.id}: ${stderr.trim()}`);
  }

  async #pause(): Promise<void> {
    const { incarnation } = await this.#state();
    if (incarnation === null) return;
    this.#paused = incarnation;
    await this.#signal('STOP');
  }

  async #resume(): Promise<void> {
    if (this.#paused === undefined) return;
    if ((await this.#state()).incarnation === this.#paused) await this.#signal('CONT');
    this.#paused = undefined;
  }

  async #signal(name: 'STOP' | 'CONT' | 'QUIT'): Promise<void> {
    await execOk(this.#parts.cluster, this.#container, signalScript(name));
  }

  async #isStopped(): Promise<boolean> {
    const said = await execIn(this.#parts.cluster, this.#container, STATE_OF_PROCESS);
    return said.stdout.toString().trim() === 'T';
  }

  /** Waits for the end of a life that was asked to end, and for its last word. */
  async #untilGone(signal: AbortSignal): Promise<void> {
    await this.#api.untilGone(signal);
    await this.#followed.get(this.#lastLife ?? '');
  }

  /** Another version or configuration in its place: the StatefulSet is patched and rolled. */
  async #replace(next: NodeSpec, signal: AbortSignal): Promise<string> {
    if (next.id !== this.id || next.role !== this.role) {
      throw new HighwaterError('BUG', `bug in highwater: ${next.id} in place of ${this.id}`);
    }
    await this.#parts.provideImage(next);
    if ((await this.#state()).incarnation !== null && this.#ending === undefined) {
      throw new HighwaterError('TARGET_REFUSED', `${this.id} is up: it is not replaced`, {
        hint: 'end its process first',
      });
    }
    this.#spec = next;
    return this.start(signal);
  }

  async #dump(signal: AbortSignal): Promise<string> {
    const { state } = await this.#state();
    if (state !== 'up') {
      throw new HighwaterError('NODE_DIED', `no thread dump of ${this.id}: it is ${state}`);
    }
    const from = statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0;
    await this.#signal('QUIT');
    return dumpFromLog({ node: this.id, logFile: this.logFile, from }, signal);
  }
}
