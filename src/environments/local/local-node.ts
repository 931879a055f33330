import { setTimeout as pause } from 'node:timers/promises';
import { HighwaterError, isHighwaterError } from '../../core/errors.ts';
import { lastLines } from '../../core/log-tail.ts';
import { ms } from '../../core/time.ts';
import { type Bytes, showSpan } from '../../core/units.ts';
import { livenessOf, type ProcessIdentity, procStat } from '../../leases/process-identity.ts';
import type { ControlKind, Controls, JvmStart, Node, NodeSpec, NodeState } from '../node.ts';
import { makePlaces, type NodePlaces, writeFiles } from './node-places.ts';
import { hasThread } from './processes/children.ts';
import {
  type Ended,
  endOfShort,
  type Launcher,
  type OwnedProcess,
  type Passed,
  showEnded,
  signalTo,
} from './processes/owned-process.ts';
import { threadDump } from './processes/thread-dump.ts';
import { type ArchiveKey, dropArchive, type Recorder } from './software/class-archive.ts';
import { type ArchiveUse, jvmArgv } from './software/jvm-command.ts';
import { LimitedVolumes } from './volumes/limited-volumes.ts';
import { volumesControl } from './volumes/node-volumes.ts';

/** What a node on this machine is made of. */
export interface LocalNodeParts {
  readonly spec: NodeSpec;
  readonly jvm: JvmStart;
  readonly places: NodePlaces;
  readonly volumes: readonly string[];
  readonly volumeLimits: Readonly<Record<string, Bytes>>;
  readonly launcher: Launcher;
  readonly env: Readonly<Record<string, string>>;
  readonly classPath: readonly string[];
  readonly archiveKey: ArchiveKey;
  readonly archive: ArchiveUse;
  /** The only names that it can resolve; null: those that this machine can. */
  readonly hostsFile: string | null;
  /** Told what a person should know besides. */
  readonly note: (text: string) => void;
  /** The parts of the same node as another spec has it, its jars provided. */
  readonly remake: (next: NodeSpec, signal: AbortSignal) => Promise<LocalNodeParts>;
}

/** The thread that a JVM starts last before it runs `main`; a JVM of another make may have none. */
const LAST_THREAD = 'Signal Dispatcher';
const START_LIMIT_MS = 5_000;
/** From a signal to the end of the process: at once, or after it has shut down. */
const DEATH_LIMIT_MS = { SIGKILL: 10_000, SIGTERM: 60_000 } as const;

/** A node as one JVM process of this machine. */
export class LocalNode implements Node {
  readonly id: string;
  readonly role: string;
  readonly logFile: string;
  #parts: LocalNodeParts;
  #process: OwnedProcess | undefined;
  /** The signal that was sent to the present life, which is not waited for any more. */
  #sent: 'SIGKILL' | 'SIGTERM' | undefined;
  #ended: Ended | null = null;
  #startedAt = 0;
  #prepared = false;
  #archive: ArchiveUse;
  #starting: Promise<string> | undefined;
  readonly #controls: Controls;
  readonly #limited: LimitedVolumes;
  readonly #lives: ProcessIdentity[] = [];

  constructor(parts: LocalNodeParts) {
    this.#parts = parts;
    this.#archive = parts.archive;
    this.id = parts.spec.id;
    this.role = parts.spec.role;
    this.logFile = parts.places.logFile;
    const { places, launcher, volumeLimits: limits } = parts;
    this.#limited = new LimitedVolumes({ node: this.id, anchor: launcher.anchor, places, limits });
    this.#controls = {
      process: {
        kill: async (signal) => this.signal(signal),
        pause: async () => this.#freeze('SIGSTOP'),
        resume: async () => this.#freeze('SIGCONT'),
        start: (signal) => this.start(signal),
        replace: (next, signal) => this.#replace(next, signal),
        provide: async (next, signal) => void (await this.#parts.remake(next, signal)),
      },
      volumes: volumesControl(this.id, this.#limited, () => this.isUp()),
      threads: { dump: (signal) => this.#dump(signal) },
    };
  }

  /** As it is now: `replace` gives it another. */
  get spec(): NodeSpec {
    return this.#parts.spec;
  }

  control<Kind extends ControlKind>(kind: Kind): Controls[Kind] | undefined {
    return this.#controls[kind];
  }

  /** The process of this node's present life, while it lives. */
  process(): OwnedProcess | null {
    const current = this.#process;
    return current !== undefined && livenessOf(current.who) === 'alive' ? current : null;
  }

  isUp(): boolean {
    return this.process() !== null;
  }

  /** Every process that this node ever was. */
  get lives(): readonly ProcessIdentity[] {
    return this.#lives;
  }

  /** What it records for a class-data archive; null when it does not. */
  recorder(): Recorder | null {
    if (this.#archive.kind !== 'record') return null;
    return {
      node: this.id,
      key: this.#parts.archiveKey,
      pid: () => {
        const current = this.process();
        return current?.attachable === true ? current.who.pid : null;
      },
      age: () => performance.now() - this.#startedAt,
    };
  }

  signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    if (this.#process === undefined) return;
    this.#sent = signal;
    signalTo(this.#process.who, signal);
  }

  /** Stops the process, or lets it go on; SIGKILL ends it either way. */
  #freeze(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#process !== undefined) signalTo(this.#process.who, signal);
  }

  async look(_signal: AbortSignal): Promise<NodeState> {
    const current = this.#process;
    if (current === undefined) return { state: 'down', incarnation: null, ended: null };
    const stat = procStat(current.who.pid);
    if (stat === null || livenessOf(current.who) !== 'alive') {
      // The kernel has let it go; how it ended comes a moment later through its parent.
      await Promise.race([current.ended, pause(500, undefined, { ref: false })]);
      const ended = this.#ended === null ? null : showEnded(this.#ended);
      return { state: 'down', incarnation: null, ended };
    }
    const state = stat.state === 'T' || stat.state === 't' ? 'paused' : 'up';
    return { state, incarnation: incarnationOf(current), ended: null };
  }

  /** Starts the node and gives its incarnation; one that is up already stays as it is. */
  start(signal: AbortSignal): Promise<string> {
    this.#starting ??= this.#start(signal).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    await this.#starting?.catch(() => {}); // Told to whoever started it.
    this.signal('SIGKILL');
    if (this.#process !== undefined) await this.#gone(this.#process);
  }

  /**
   * Another version or configuration on the same volumes: they are formatted already, so what
   * prepares them is not run again. Class-data archives are those of the next distribution.
   */
  async #replace(next: NodeSpec, signal: AbortSignal): Promise<string> {
    if (next.id !== this.id || next.role !== this.role) {
      throw new HighwaterError('BUG', `bug in highwater: ${next.id} in place of ${this.id}`);
    }
    const parts = await this.#parts.remake(next, signal);
    if (this.process() !== null && this.#sent === undefined) {
      throw new HighwaterError('TARGET_REFUSED', `${this.id} is up: it is not replaced`, {
        hint: 'end its process first',
      });
    }
    this.#parts = parts;
    this.#archive = parts.archive;
    return this.start(signal);
  }

  async #start(signal: AbortSignal): Promise<string> {
    try {
      return await this.#startOnce(signal);
    } catch (thrown) {
      if (this.#archive.kind !== 'use' || !isCrash(thrown)) throw thrown;
      this.#parts.note(`${this.id} crashed in starting from a class-data archive: dropped that`);
      this.#archive = { kind: 'none' };
      await dropArchive(this.#parts.archiveKey);
      return await this.#startOnce(signal);
    }
  }

  async #startOnce(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const current = this.process();
    if (current !== null && this.#sent === undefined) return incarnationOf(current);
    if (this.#process !== undefined) await this.#gone(this.#process);
    const { places, volumes, spec } = this.#parts;
    await makePlaces(places, volumes);
    await this.#limited.mount(signal);
    await writeFiles(places.files, spec.files);
    for (const [volume, files] of Object.entries(spec.volumeFiles ?? {})) {
      await writeFiles(this.#limited.here(volume), files);
    }
    if (!this.#prepared) await this.#prepare(signal);
    this.#prepared = true;
    signal.throwIfAborted();
    const started = await this.#launch(this.#parts.jvm, { recording: true, ownPid: true });
    if (started.who === null) throw this.#died('it died at once', await started.ended);
    this.#process = started;
    this.#sent = undefined;
    this.#ended = null;
    this.#startedAt = performance.now();
    void started.ended.then((ended) => {
      if (this.#process === started) this.#ended = ended;
    });
    await this.#throughStart(started);
    return incarnationOf(started);
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    for (const step of this.#parts.jvm.prepare) {
      signal.throwIfAborted();
      const start = { ...step, flags: this.#parts.jvm.flags };
      const running = await this.#launch(start, { recording: false, ownPid: false });
      const ended = await endOfShort(running, signal);
      if (ended.code !== 0) throw this.#died(`preparing it with ${step.main}`, ended);
    }
  }

  async #launch(
    start: { main: string; flags: readonly string[]; args: readonly string[] },
    how: { recording: boolean; ownPid: boolean },
  ): Promise<OwnedProcess | Passed> {
    const { places, classPath, archiveKey, env, launcher, hostsFile } = this.#parts;
    const archive: ArchiveUse =
      this.#archive.kind === 'record' && !how.recording ? { kind: 'none' } : this.#archive;
    const { java } = archiveKey.java;
    const crashFile = places.logFile.replace(/\.log$/, '.hs_err_%p.log');
    const setting = { java, classPath, tmp: places.tmp, crashFile, archive, hostsFile };
    const started = await launcher.start({
      label: this.id,
      argv: jvmArgv(setting, start),
      cwd: places.home,
      env,
      logFile: places.logFile,
      ownPid: how.ownPid,
    });
    if (started.who !== null) this.#lives.push(started.who);
    return started;
  }

  /** Returns when the JVM has taken its flags and set itself up; throws when it ended instead. */
  async #throughStart(started: OwnedProcess): Promise<void> {
    // Elsewhere than on Linux threads cannot be seen; a moment has to do.
    const limit = process.platform === 'linux' ? START_LIMIT_MS : 300;
    const from = performance.now();
    for (;;) {
      if (livenessOf(started.who) !== 'alive') {
        throw this.#died('it died at once', await started.ended);
      }
      if (hasThread(started.who.pid, LAST_THREAD) || performance.now() - from > limit) return;
      await pause(5);
    }
  }

  #died(what: string, ended: Ended): HighwaterError {
    const lines = lastLines(this.logFile, 20);
    const said = lines.at(-1) ?? 'nothing';
    const message = `${this.id}: ${what}: ${showEnded(ended)}: last said "${said}"`;
    return new HighwaterError('NODE_DIED', message, {
      hint: `see ${this.logFile}`,
      facts: { node: this.id, ended: showEnded(ended), log: this.logFile, lines: [...lines] },
    });
  }

  async #gone(old: OwnedProcess): Promise<void> {
    const limit = DEATH_LIMIT_MS[this.#sent ?? 'SIGKILL'];
    const late = pause(limit, 'late' as const, { ref: false });
    if ((await Promise.race([old.ended, late])) !== 'late') return;
    const who = `${this.id} (pid ${old.who.pid})`;
    throw new HighwaterError('WAIT_TIMEOUT', `${who} did not end within ${showSpan(ms(limit))}`, {
      hint: 'is it stuck in the kernel (state D), or stopped?',
    });
  }

  async #dump(signal: AbortSignal): Promise<string> {
    const current = this.process();
    if (current === null) {
      throw new HighwaterError('NODE_DIED', `no thread dump of ${this.id}: it is down`);
    }
    const jcmd = current.attachable ? this.#parts.archiveKey.java.jcmd : null;
    return threadDump({ who: current.who, node: this.id, logFile: this.logFile, jcmd }, signal);
  }
}

/** Whether the node's JVM came down by itself, before it ran anything of the node's. */
function isCrash(thrown: unknown): boolean {
  if (!isHighwaterError(thrown, 'NODE_DIED')) return false;
  const ended = thrown.facts['ended'];
  return typeof ended === 'string' && /SIG(ABRT|SEGV|BUS)/.test(ended);
}

const incarnationOf = ({ who }: OwnedProcess): string => `${who.pid}:${who.start}`;
