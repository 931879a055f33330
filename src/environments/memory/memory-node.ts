import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HighwaterError } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import type { Controls, Node, NodeBehaviour, NodeSpec } from '../node.ts';
import type { MemorySabotage } from './memory-sabotage.ts';
import { type MemoryVolumes, volumesControl } from './memory-volumes.ts';

/** About what it takes an operating system to start a process. */
const SPAWN = ms(5);

/** A node of the memory environment, and what only its environment may do with it. */
export interface MemoryNode extends Node {
  /** Runs the process for the first time. */
  launch(signal: AbortSignal): Promise<void>;
  /** Ends the process whatever a sabotage says; idempotent. */
  end(how: 'SIGKILL' | 'SIGTERM'): void;
  /** Ends the process for good: it cannot be started any more. */
  retire(): void;
  readonly isUp: boolean;
}

/** What a node is made of. */
export interface MemoryNodeInput {
  readonly spec: NodeSpec;
  readonly behaviour: NodeBehaviour;
  readonly clock: Clock;
  readonly volumes: MemoryVolumes;
  readonly logFile: string;
  readonly sabotage: MemorySabotage;
}

/** Makes a node that is not running yet. */
export function memoryNode(input: MemoryNodeInput): MemoryNode {
  const { spec, logFile, sabotage } = input;
  const life = new Life(input);
  const controls = controlsOf(input, life);
  return {
    id: spec.id,
    role: spec.role,
    spec,
    logFile,
    get isUp() {
      return life.incarnation !== null;
    },
    look: async () => {
      const { incarnation, ended, paused } = life;
      const state = incarnation === null ? 'down' : paused ? 'paused' : 'up';
      return { state, incarnation, ended };
    },
    control: (kind) => controls[kind],
    launch: async (signal) => {
      if (sabotage.launchFailsFor === spec.id) {
        throw new HighwaterError('ENV_NOT_READY', `${spec.id} could not be launched: told not to`);
      }
      await life.begin(signal);
    },
    end: (how) => life.end(how),
    retire: () => life.retire(),
  };
}

/** The process of a node: there or not, one life after the other. */
class Life {
  /** Names the life that there is; null when there is none. */
  incarnation: string | null = null;
  /** How the last one ended. */
  ended: string | null = null;
  paused = false;
  private readonly input: MemoryNodeInput;
  private lives = 0;
  private retired = false;
  /** SIGTERM came while it stood still; it is heard of when it goes on. */
  private askedToLeave = false;

  constructor(input: MemoryNodeInput) {
    this.input = input;
  }

  async begin(signal: AbortSignal): Promise<string> {
    const { spec, behaviour, clock, volumes, logFile } = this.input;
    await clock.sleep(SPAWN, signal);
    if (this.retired) {
      throw new HighwaterError('INTERRUPTED', `${spec.id} not started: the run is over`);
    }
    // Somebody else may have started it meanwhile.
    if (this.incarnation !== null) return this.incarnation;
    this.lives += 1;
    this.incarnation = `life ${this.lives} since ${clock.now()}`;
    this.ended = null;
    const mine = this.incarnation;
    behaviour.boot({
      clock,
      volumes,
      log: (line) => append(logFile, line),
      exit: (code) => {
        if (this.incarnation !== mine) return;
        this.over(`exit code ${code}`);
      },
    });
    return mine;
  }

  end(how: 'SIGKILL' | 'SIGTERM'): void {
    if (this.incarnation === null) return;
    if (this.paused && how === 'SIGTERM') {
      this.askedToLeave = true;
      return;
    }
    const { behaviour, sabotage } = this.input;
    behaviour.die(sabotage.leavesAbruptly === true ? 'SIGKILL' : how);
    this.over(`signal ${how}`);
  }

  pause(): void {
    if (this.incarnation === null || this.paused) return;
    this.paused = true;
    this.input.behaviour.freeze?.();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.input.behaviour.thaw?.();
    if (this.askedToLeave) this.end('SIGTERM');
  }

  private over(ended: string): void {
    this.incarnation = null;
    this.ended = ended;
    this.paused = false;
    this.askedToLeave = false;
  }

  retire(): void {
    this.retired = true;
    this.end('SIGKILL');
  }
}

function controlsOf(
  { spec, behaviour, clock, volumes, sabotage }: MemoryNodeInput,
  life: Life,
): Controls {
  const pausing: Pick<Controls['process'], 'pause' | 'resume'> = {
    pause: async () => {
      if (sabotage.pauseDoesNothing !== true) life.pause();
    },
    resume: async () => {
      if (sabotage.resumeDoesNothing !== true) life.resume();
    },
  };
  return {
    process: {
      ...(behaviour.freeze === undefined ? {} : pausing),
      kill: async (how) => {
        if (sabotage.killDoesNothing !== true) life.end(how);
      },
      start: async (signal) =>
        sabotage.startDoesNothing === true ? 'a life that never began' : life.begin(signal),
    },
    volumes: volumesControl({
      node: spec.id,
      volumes,
      isUp: () => life.incarnation !== null,
      wipeDoesNothing: sabotage.wipeDoesNothing === true,
    }),
    threads: {
      dump: async () => {
        const { incarnation } = life;
        if (incarnation !== null) return threadDump(spec.id, incarnation, clock.now());
        throw new HighwaterError('FAULT_FAILED', `no thread dump of ${spec.id}: it is down`);
      },
    },
  };
}

function append(logFile: string, line: string): void {
  mkdirSync(dirname(logFile), { recursive: true });
  appendFileSync(logFile, `${line}\n`);
}

/** Shaped as a JVM prints it; a virtual node has no threads but the one that runs us all. */
const threadDump = (node: string, incarnation: string, at: number): string =>
  `Thread dump of virtual node ${node} (${incarnation}) at ${at} ms:\n\n` +
  `"main" #1 prio=5 cpu=0.00ms elapsed=${(at / 1_000).toFixed(2)}s runnable\n` +
  `   java.lang.Thread.State: RUNNABLE\n`;
