import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HighwaterError } from '../../core/errors.ts';
import { lastLines } from '../../core/log-tail.ts';
import { ms } from '../../core/time.ts';
import { type Bytes, showBytes, showSpan } from '../../core/units.ts';
import { dumpFromLog } from '../dump-in-log.ts';
import { type ImageChoice, imageOf } from '../images/image-choice.ts';
import { jvmCommand } from '../images/jvm-command.ts';
import { FILES, volumePath } from '../images/paths.ts';
import type { ControlKind, Controls, Node, NodeSpec, NodeState } from '../node.ts';
import type { Works } from '../works.ts';
import { archiveOf } from './archive.ts';
import { endOf, stateOf } from './container-state.ts';
import { type Container, type Engine, REMOVED } from './engine.ts';
import { ensureImage } from './images.ts';
import { type labelsFor, NODE_LABEL, nameOf, PART_LABEL } from './layout.ts';
import { followLog } from './node-log.ts';
import { volumesControl } from './node-volumes.ts';
import { mountsOf, type Sandbox } from './sandbox.ts';
import { unlessDown } from './unless-down.ts';

/** What a node in a container is made of. */
export interface ContainerNodeParts {
  readonly engine: Engine;
  readonly images: ImageChoice;
  readonly run: string;
  readonly labels: ReturnType<typeof labelsFor>;
  readonly spec: NodeSpec;
  readonly sandbox: Sandbox;
  readonly volumes: readonly string[];
  readonly memory: Bytes;
  readonly logFile: string;
  readonly works: Works;
  readonly progress: (doing: string) => void;
}

/** From a signal to the end of the process: at once, or after it has shut down. */
const DEATH_LIMIT_MS = { SIGKILL: 10_000, SIGTERM: 60_000 } as const;
/** A command that cannot be carried out ends within this time. */
const AT_ONCE_MS = 400;

/** A node as one container, joined to a sandbox that outlives it. */
export class ContainerNode implements Node {
  readonly id: string;
  readonly role: string;
  readonly logFile: string;
  readonly #parts: ContainerNodeParts;
  readonly #controls: Controls;
  #spec: NodeSpec;
  #container: Container | undefined;
  /** The signal that was sent to the present life, which is not waited for any more. */
  #sent: 'SIGKILL' | 'SIGTERM' | undefined;
  #logged: Promise<void> = Promise.resolve();
  #prepared = false;
  #starting: Promise<string> | undefined;

  constructor(parts: ContainerNodeParts) {
    this.#parts = parts;
    this.#spec = parts.spec;
    this.id = parts.spec.id;
    this.role = parts.spec.role;
    this.logFile = parts.logFile;
    this.#controls = {
      process: {
        kill: (signal) => this.#kill(signal),
        pause: () => this.#freeze('pause'),
        resume: () => this.#freeze('unpause'),
        start: (signal) => this.start(signal),
        replace: (next, signal) => this.#replace(next, signal),
        provide: async (next) => void (await this.#imageFor(next)),
      },
      volumes: volumesControl(this.id, parts.sandbox.container, () => this.#isUp()),
      threads: { dump: (signal) => this.#dump(signal) },
    };
  }

  /** As it is now: `replace` gives it another. */
  get spec(): NodeSpec {
    return this.#spec;
  }

  control<Kind extends ControlKind>(kind: Kind): Controls[Kind] | undefined {
    return this.#controls[kind];
  }

  async look(_signal: AbortSignal): Promise<NodeState> {
    if (this.#container !== undefined) return stateOf(this.#container, this.#limit);
    return { state: 'down', incarnation: null, ended: null };
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
    const before = await this.look(signal);
    if (before.incarnation !== null && this.#sent === undefined) return before.incarnation;
    await this.#untilGone(signal);
    const { sandbox } = this.#parts;
    const container = this.#container ?? (await this.#make('node', this.#jvm));
    for (const [volume, files] of Object.entries(this.#spec.volumeFiles ?? {})) {
      await sandbox.container.putArchive(await archiveOf(files), { path: volumePath(volume) });
    }
    await container.putArchive(await archiveOf(this.#files), { path: '/' });
    if (!this.#prepared) await this.#prepare(signal);
    this.#prepared = true;
    signal.throwIfAborted();
    this.#container = container;
    this.#logged = (await followLog(container, this.logFile)).ended;
    this.#sent = undefined;
    await container.start();
    await pause(AT_ONCE_MS, undefined, { signal });
    const { incarnation, ended } = await this.look(signal);
    if (incarnation === null) throw await this.#died('it died at once', ended);
    return incarnation;
  }

  get #jvm() {
    const { jvm } = this.#spec.start;
    if (jvm !== undefined) return jvm;
    throw new HighwaterError('BUG', `bug in highwater: node ${this.id}: it has no JVM to start`);
  }

  get #limit(): string {
    return showBytes(this.#parts.memory);
  }

  get #files(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(this.#spec.files).map(([name, text]) => [`${FILES}/${name}`.slice(1), text]),
    );
  }

  /** What prepares a node runs once, while its volumes are new. */
  async #prepare(signal: AbortSignal): Promise<void> {
    for (const step of this.#jvm.prepare) {
      signal.throwIfAborted();
      const container = await this.#make('prepare', { ...step, flags: this.#jvm.flags });
      try {
        await container.putArchive(await archiveOf(this.#files), { path: '/' });
        const { ended } = await followLog(container, this.logFile);
        await container.start();
        await container.wait();
        await ended;
        const { State } = await container.inspect();
        if (State.ExitCode !== 0) {
          throw await this.#died(`preparing it with ${step.main}`, endOf(State, this.#limit));
        }
      } finally {
        await container.remove(REMOVED);
      }
    }
  }

  async #make(
    part: 'node' | 'prepare',
    start: { main: string; flags: readonly string[]; args: readonly string[] },
  ): Promise<Container> {
    const { engine, run, labels, sandbox, volumes, memory } = this.#parts;
    const { classPath = [] } = this.#spec.start.image ?? {};
    const [java = '', ...args] = jvmCommand(classPath, start);
    return engine.docker.createContainer({
      name: nameOf(run, this.id, ...(part === 'node' ? [] : [part])),
      Image: await this.#imageFor(this.#spec),
      Labels: labels({ [NODE_LABEL]: this.id, [PART_LABEL]: part }),
      // New volumes belong to root, and images differ in whom they would run as.
      User: '0',
      Entrypoint: [java],
      Cmd: args,
      HostConfig: {
        NetworkMode: `container:${sandbox.container.id}`,
        Mounts: mountsOf(run, this.id, volumes),
        Memory: memory,
        MemorySwap: memory,
      },
    });
  }

  #imageFor(spec: NodeSpec): Promise<string> {
    const { engine, images, progress } = this.#parts;
    return ensureImage(engine, imageOf(spec, images), progress);
  }

  async #kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#container === undefined) return;
    this.#sent = signal;
    await unlessDown(this.#container.kill({ signal }));
  }

  /** Stops the process, or lets it go on. Idempotent, also on one that is down. */
  async #freeze(how: 'pause' | 'unpause'): Promise<void> {
    if (this.#container !== undefined) await unlessDown(this.#container[how]());
  }

  async #isUp(): Promise<boolean> {
    return (await this.#container?.inspect())?.State.Running === true;
  }

  /** Waits for the end of a life that was asked to end. */
  async #untilGone(signal: AbortSignal): Promise<void> {
    const limit = DEATH_LIMIT_MS[this.#sent ?? 'SIGKILL'];
    for (const from = performance.now(); await this.#isUp(); await pause(20)) {
      signal.throwIfAborted();
      if (performance.now() - from < limit) continue;
      const text = `${this.id} did not end within ${showSpan(ms(limit))}`;
      throw new HighwaterError('WAIT_TIMEOUT', text, { hint: 'is it paused?' });
    }
    await this.#logged;
  }

  /** Another version or configuration with the same sandbox: addresses and volumes stay. */
  async #replace(next: NodeSpec, signal: AbortSignal): Promise<string> {
    if (next.id !== this.id || next.role !== this.role) {
      throw new HighwaterError('BUG', `bug in highwater: ${next.id} in place of ${this.id}`);
    }
    await this.#imageFor(next);
    if ((await this.#isUp()) && this.#sent === undefined) {
      throw new HighwaterError('TARGET_REFUSED', `${this.id} is up: it is not replaced`, {
        hint: 'end its process first',
      });
    }
    await this.#untilGone(signal);
    const old = this.#container;
    this.#container = undefined;
    await old?.remove(REMOVED);
    this.#spec = next;
    return this.start(signal);
  }

  async #dump(signal: AbortSignal): Promise<string> {
    const { state } = await this.look(signal);
    if (state !== 'up') {
      throw new HighwaterError('NODE_DIED', `no thread dump of ${this.id}: it is ${state}`);
    }
    const from = statSync(this.logFile).size;
    await this.#container?.kill({ signal: 'SIGQUIT' });
    return dumpFromLog({ node: this.id, logFile: this.logFile, from }, signal);
  }

  async #died(what: string, ended: string | null): Promise<HighwaterError> {
    await this.#logged;
    const lines = lastLines(this.logFile, 20);
    const message = `${this.id}: ${what}: ${ended}: last said "${lines.at(-1) ?? 'nothing'}"`;
    return new HighwaterError('NODE_DIED', message, {
      hint: `see ${this.logFile}`,
      facts: { node: this.id, ended, log: this.logFile, lines: [...lines] },
    });
  }
}
