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
  const { spec, behaviour, clock, volumes, logFile, sabotage } = input;
  let lives = 0;
  let incarnation: string | null = null;
  let ended: string | null = null;
  let retired = false;

  const log = (line: string): void => {
    mkdirSync(dirname(logFile), { recursive: true });
    appendFileSync(logFile, `${line}\n`);
  };
  const boot = (): string => {
    lives += 1;
    incarnation = `life ${lives} since ${clock.now()}`;
    ended = null;
    behaviour.boot({ clock, volumes, log });
    return incarnation;
  };
  const end = (how: 'SIGKILL' | 'SIGTERM'): void => {
    if (incarnation === null) return;
    behaviour.die(how);
    incarnation = null;
    ended = `signal ${how}`;
  };
  const spawn = async (signal: AbortSignal): Promise<string> => {
    await clock.sleep(SPAWN, signal);
    if (retired) throw new HighwaterError('INTERRUPTED', `${spec.id} not started: the run is over`);
    // Somebody else may have started it meanwhile.
    return incarnation ?? boot();
  };

  const controls: Controls = {
    process: {
      supervised: false,
      kill: async (how) => {
        if (sabotage.killDoesNothing !== true) end(how);
      },
      start: async (signal) => {
        if (sabotage.startDoesNothing === true) return `life ${lives + 1} that never came`;
        return spawn(signal);
      },
    },
    volumes: volumesControl({
      node: spec.id,
      volumes,
      isUp: () => incarnation !== null,
      wipeDoesNothing: sabotage.wipeDoesNothing === true,
    }),
    threads: {
      dump: async () => {
        if (incarnation !== null) return threadDump(spec.id, incarnation, clock.now());
        throw new HighwaterError('FAULT_FAILED', `no thread dump of ${spec.id}: it is down`);
      },
    },
  };

  return {
    id: spec.id,
    role: spec.role,
    spec,
    logFile,
    get isUp() {
      return incarnation !== null;
    },
    look: async () => ({ state: incarnation === null ? 'down' : 'up', incarnation, ended }),
    control: (kind) => controls[kind],
    launch: async (signal) => {
      if (sabotage.launchFailsFor === spec.id) {
        throw new HighwaterError('ENV_NOT_READY', `${spec.id} could not be launched: told not to`);
      }
      await spawn(signal);
    },
    end,
    retire: () => {
      retired = true;
      end('SIGKILL');
    },
  };
}

/** Shaped as a JVM prints it; a virtual node has no threads but the one that runs us all. */
const threadDump = (node: string, incarnation: string, at: number): string =>
  `Thread dump of virtual node ${node} (${incarnation}) at ${at} ms:\n\n` +
  `"main" #1 prio=5 cpu=0.00ms elapsed=${(at / 1_000).toFixed(2)}s runnable\n` +
  `   java.lang.Thread.State: RUNNABLE\n`;
